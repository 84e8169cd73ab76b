/// What stands beside `services`.
extension EngineTable {
    static let sectionRows: [EngineRow] = [
        EngineRow(
            .volume, "driver", .of("local"), docker: "Volume.Driver", swarm: "VolumeOptions.DriverConfig",
            kubernetes: "the cluster's StorageClass"),
        EngineRow(
            .volume, "driver", .text("another") { $0 != "local" }, docker: "Volume.Driver",
            swarm: "VolumeOptions.DriverConfig",
            kubernetes: .warning("must be the name of a StorageClass of the cluster")),
        EngineRow(
            .volume, "driver_opts", docker: "Volume.DriverOpts", swarm: "VolumeOptions.DriverConfig",
            kubernetes: .refused("is the StorageClass's to say")),
        EngineRow(
            .volume, "external name", docker: "its name", swarm: "its name", kubernetes: "its name"),
        EngineRow(
            .volume, "labels", docker: "Volume.Labels", swarm: "VolumeOptions.Labels", kubernetes: "metadata.labels"),
        EngineRow(
            .volume, "per_container", .on, docker: "one a container, by Slipway", swarm: .none, kubernetes: .none),
        EngineRow(
            .network, "driver", .of("overlay", "default"), docker: "a bridge: there is one host",
            swarm: "Network.Driver", kubernetes: "the cluster's"),
        EngineRow(
            .network, "driver", .text("another") { !["overlay", "default"].contains($0) }, docker: "Network.Driver",
            swarm: .refused("must be overlay", hint: "leave it out"),
            kubernetes: .warning("is ignored: the cluster has one network")),
        EngineRow(
            .network, "driver_opts", docker: "Network.Options", swarm: "Network.Options",
            kubernetes: .warning("is ignored: the cluster has one network")),
        EngineRow(
            .network, "ipam", docker: "Network.IPAM", swarm: "Network.IPAM",
            kubernetes: .refused("is the cluster's to say")),
        EngineRow(
            .network, "internal", .on, docker: "Network.Internal", swarm: "Network.Internal",
            kubernetes: .refused("has no equivalent", hint: "use a NetworkPolicy")),
        EngineRow(
            .network, "enable_ipv6 enable_ipv4", docker: "Network.EnableIPv6", swarm: "Network.EnableIPv6",
            kubernetes: .warning("is ignored: the cluster has one network")),
        EngineRow(
            .network, "external name", docker: "its name", swarm: "its name",
            kubernetes: .warning("is ignored: the cluster has one network")),
        EngineRow(
            .network, "attachable labels", docker: "Network", swarm: "Network",
            kubernetes: "nothing to do"),
        EngineRow(
            .config, "external", .on,
            docker: .refused("can't be: an engine keeps no configs", hint: "give its file or its content"),
            swarm: "Configs", kubernetes: "ConfigMap"),
        EngineRow(
            .config, "file content environment name", docker: "read here", swarm: "Configs", kubernetes: "ConfigMap"),
    ]
}
