/// Names, ports and networks.
extension EngineTable {
    static let ports: [EngineRow] = [
        EngineRow(
            .service, "ports", docker: "the edge", swarm: "EndpointSpec.Ports", kubernetes: "Service.spec.ports"),
        EngineRow(
            .service, "ports", .hostAddress, docker: "the edge",
            swarm: .refused("can't be bound to one address", hint: "leave the address out, and close it in a firewall"),
            kubernetes: .refused("can't be bound to one address", hint: "leave the address out")),
        EngineRow(
            .service, "ports", .udp,
            docker: .warning("is published by the container itself: what comes in an upgrade is lost"),
            swarm: "EndpointSpec.Ports", kubernetes: "Service.spec.ports"),
        EngineRow(
            .service, "expose", docker: "Config.ExposedPorts",
            swarm: .warning("is ignored: services of one network reach all ports"), kubernetes: "container ports"),
    ]

    static let networks: [EngineRow] = [
        EngineRow(
            .service, "hostname", docker: "Config.Hostname", swarm: "ContainerSpec.Hostname", kubernetes: "hostname"),
        EngineRow(
            .service, "hostname", .dotted, docker: "Config.Hostname", swarm: "ContainerSpec.Hostname",
            kubernetes: .refused("can't have a dot")),
        EngineRow(.service, "domainname", docker: "Config.Domainname", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "links", .plainLink, docker: "a name in the network",
            swarm: .warning("is a name that the whole network sees, and starts nothing first"),
            kubernetes: .warning("is a Service that the whole namespace sees, and starts nothing first")),
        EngineRow(
            .service, "links", .aliasedLink, docker: "a name in the network",
            swarm: .refused(
                "can't give a service another name", hint: "call it by its own, or give it aliases under networks"),
            kubernetes: .warning("is a Service of that name, which the whole namespace sees")),
        EngineRow(
            .service, "external_links", docker: "a name in the network",
            swarm: .refused("has no equivalent", hint: "put both services into one external network"),
            kubernetes: "Service of type ExternalName"),
        EngineRow(
            .service, "extra_hosts", docker: "HostConfig.ExtraHosts", swarm: "ContainerSpec.Hosts",
            kubernetes: "hostAliases"),
        EngineRow(
            .service, "extra_hosts", .hostGateway, docker: "HostConfig.ExtraHosts",
            swarm: .refused("doesn't know host-gateway", hint: "give an address"),
            kubernetes: .refused("doesn't know host-gateway", hint: "give an address")),
        EngineRow(
            .service, "dns dns_search dns_opt", docker: "HostConfig.Dns, DnsSearch, DnsOptions",
            swarm: "ContainerSpec.DNSConfig", kubernetes: "dnsConfig"),
        EngineRow(
            .service, "network_mode net", .of("bridge", "default", "managed"), docker: "the stack's network",
            swarm: "the stack's network", kubernetes: "the pod's network"),
        EngineRow(
            .service, "network_mode net", .of("host"), docker: "HostConfig.NetworkMode",
            swarm: "the network \"host\"", kubernetes: "hostNetwork, ClusterFirstWithHostNet"),
        EngineRow(
            .service, "network_mode net", .of("none"), docker: "HostConfig.NetworkMode",
            swarm: "the network \"none\"", kubernetes: .none),
        EngineRow(
            .service, "network_mode net", .ofSidekick, docker: "HostConfig.NetworkMode", swarm: .none,
            kubernetes: "containers of one pod"),
        EngineRow(
            .service, "network_mode net", .ofAnother, docker: notOfUnit, swarm: .none,
            kubernetes: notOfPod),
        EngineRow(
            .service, "networks", docker: "NetworkingConfig", swarm: "TaskTemplate.Networks",
            kubernetes: .warning("keeps nothing apart: every pod reaches every other")),
        EngineRow(
            .service, "networks", .ofNetwork("aliases"), docker: "NetworkingConfig", swarm: "TaskTemplate.Networks",
            kubernetes: "a Service for each"),
        EngineRow(
            .service, "networks", .ofNetwork("ipv4_address", "ipv6_address", "link_local_ips", "mac_address"),
            docker: "NetworkingConfig", swarm: .refused("can't give a container an address of its own"),
            kubernetes: .refused("can't give a container an address of its own")),
        EngineRow(.service, "mac_address", docker: "NetworkingConfig", swarm: .none, kubernetes: .none),
    ]

    /// Namespaces and volumes are shared in a unit alone: a container and its sidekicks.
    static let notOfUnit = EngineVerdict.refused(
        "can be shared with a sidekick alone", hint: "make one a sidekick of the other: io.rancher.sidekicks")

    /// Namespaces are shared in a pod alone.
    static let notOfPod = EngineVerdict.refused(
        "can be shared in one pod alone", hint: "make one a sidekick of the other: io.rancher.sidekicks")
}
