/// Files that containers are given.
extension EngineTable {
    static let mounts: [EngineRow] = [
        EngineRow(
            .service, "volumes", .bind, docker: "HostConfig.Binds", swarm: "ContainerSpec.Mounts",
            kubernetes: .warning("is a folder of whichever node the container is on (hostPath)")),
        EngineRow(
            .service, "volumes", .named, docker: "HostConfig.Mounts", swarm: "ContainerSpec.Mounts",
            kubernetes: "PersistentVolumeClaim"),
        EngineRow(
            .service, "volumes", .anonymous, docker: "Config.Volumes", swarm: "ContainerSpec.Mounts",
            kubernetes: "emptyDir"),
        EngineRow(
            .service, "volumes", .inMemory, docker: "HostConfig.Mounts", swarm: "ContainerSpec.Mounts",
            kubernetes: "emptyDir in memory"),
        EngineRow(
            .service, "volumes", .ofImage,
            docker: .refused("can't be an image: the engines that Slipway supports have no such mounts"),
            swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "volumes", .ofCluster, docker: .none, swarm: "ContainerSpec.Mounts",
            kubernetes: .refused("has no equivalent", hint: "name a volume")),
        EngineRow(.service, "volumes", .ofPipe, docker: windows, swarm: windows, kubernetes: windows),
        EngineRow(
            .service, "volumes", .relabelled, docker: "HostConfig.Binds",
            swarm: .warning("isn't relabelled for SELinux: z and Z are ignored"),
            kubernetes: .warning("isn't relabelled for SELinux: z and Z are ignored")),
        EngineRow(
            .service, "volumes_from", .volumesOfSidekick, docker: "HostConfig.VolumesFrom", swarm: .none,
            kubernetes: "volumes of one pod"),
        EngineRow(
            .service, "volumes_from", .volumesOfAnother, docker: notOfUnit, swarm: .none,
            kubernetes: notOfPod),
        EngineRow(
            .service, "volume_driver", docker: "the driver of new volumes",
            swarm: .refused("has no equivalent", hint: "name the volume's driver under volumes, beside services"),
            kubernetes: .warning("must be the name of a StorageClass of the cluster")),
        EngineRow(
            .service, "tmpfs", docker: "HostConfig.Tmpfs", swarm: "ContainerSpec.Mounts",
            kubernetes: "emptyDir in memory"),
        EngineRow(
            .service, "secrets", docker: "files in memory", swarm: "ContainerSpec.Secrets", kubernetes: "Secret"),
        EngineRow(
            .service, "configs", docker: "files", swarm: "ContainerSpec.Configs", kubernetes: "ConfigMap"),
        EngineRow(.service, "storage_opt", docker: "HostConfig.StorageOpt", swarm: .none, kubernetes: .none),
    ]

    static let windows = EngineVerdict.refused("is for Windows alone", hint: "remove it")
}
