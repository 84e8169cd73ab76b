/// Labels by which Rancher was told what to do; all others are labels and nothing more.
extension EngineTable {
    static let labels: [EngineRow] = [
        EngineRow(
            .label, "io.rancher.sidekicks", docker: "together on a host, by Slipway", swarm: .none,
            kubernetes: "containers of one pod"),
        EngineRow(
            .label, "io.rancher.scheduler.global", .on, docker: "one a host, by Slipway", swarm: "Mode.Global",
            kubernetes: "DaemonSet"),
        EngineRow(
            .label, "io.rancher.scheduler.affinity:host_label io.rancher.scheduler.affinity:host_label_ne",
            docker: "hosts chosen by Slipway", swarm: "Placement.Constraints", kubernetes: "nodeAffinity, required"),
        EngineRow(
            .label, "io.rancher.scheduler.affinity:host_label_soft io.rancher.scheduler.affinity:host_label_soft_ne",
            docker: "hosts chosen by Slipway", swarm: .warning("is ignored: a constraint of the swarm can't be soft"),
            kubernetes: "nodeAffinity, preferred"),
        EngineRow(
            .label,
            "io.rancher.scheduler.affinity:container_label io.rancher.scheduler.affinity:container_label_ne "
                + "io.rancher.scheduler.affinity:container io.rancher.scheduler.affinity:container_ne",
            docker: "hosts chosen by Slipway",
            swarm: .refused(
                "has no equivalent", hint: "deploy.placement.max_replicas_per_node keeps a service's own apart"),
            kubernetes: "podAffinity, podAntiAffinity, required"),
        EngineRow(
            .label,
            "io.rancher.scheduler.affinity:container_label_soft io.rancher.scheduler.affinity:container_label_soft_ne "
                + "io.rancher.scheduler.affinity:container_soft io.rancher.scheduler.affinity:container_soft_ne",
            docker: "hosts chosen by Slipway", swarm: .warning("is ignored: the swarm spreads a service's containers"),
            kubernetes: "podAffinity, podAntiAffinity, preferred"),
        EngineRow(
            .label, "io.rancher.service.requested.host.id", docker: "hosts chosen by Slipway",
            swarm: "Placement.Constraints", kubernetes: "nodeName"),
        EngineRow(
            .label, "io.rancher.container.pull_image", docker: "pulled first", swarm: "a digest at each update",
            kubernetes: "imagePullPolicy"),
        EngineRow(
            .label, "io.rancher.container.start_once", .on, docker: "not started again", swarm: "Mode.ReplicatedJob",
            kubernetes: "Job"),
        EngineRow(
            .label, "io.rancher.container.hostname_override", docker: "Config.Hostname",
            swarm: "ContainerSpec.Hostname", kubernetes: "what it is"),
        EngineRow(
            .label, "io.rancher.container.dns", .inHostNetwork, docker: hostNames, swarm: hostNames,
            kubernetes: "dnsPolicy ClusterFirstWithHostNet"),
        EngineRow(
            .label, "io.rancher.container.dns.priority", docker: noSearch, swarm: noSearch, kubernetes: noSearch),
        EngineRow(
            .label, "io.rancher.container.requested_ip", docker: "NetworkingConfig", swarm: .none, kubernetes: .none),
        EngineRow(
            .label, "io.rancher.container.network", docker: "the stack's network", swarm: "the stack's network",
            kubernetes: "the pod's network"),
        EngineRow(
            .label, "io.rancher.container.create_agent", .on, docker: agent, swarm: agent, kubernetes: agent),
        EngineRow(.label, "io.rancher.container.agent.role", docker: agent, swarm: agent, kubernetes: agent),
        EngineRow(
            .label, "io.rancher.container.volume_cleanup_strategy", .of("all"), docker: keptVolumes, swarm: keptVolumes,
            kubernetes: keptVolumes),
        EngineRow(
            .label, "io.rancher.service.selector.link", docker: "names in the network", swarm: .none,
            kubernetes: "Service with a selector"),
        EngineRow(
            .label, "io.rancher.service.selector.container", docker: adoption, swarm: adoption, kubernetes: adoption),
        EngineRow(
            .label, "io.rancher.lb_service.target", docker: "all are on one host", swarm: .none,
            kubernetes: "internalTrafficPolicy"),
        EngineRow(
            .label, "io.rancher.lb_service.cert_dir io.rancher.lb_service.default_cert_dir", docker: folder,
            swarm: folder, kubernetes: folder),
        EngineRow(
            .label, "io.rancher.loadbalancer.*", docker: "the edge",
            swarm: .refused("has no equivalent: the swarm's own balancer knows ports alone"),
            kubernetes: "Service and Ingress"),
    ]

    private static let hostNames = EngineVerdict.warning(
        "is ignored: in the host's network a container has the host's names")
    private static let noSearch = EngineVerdict.warning("is ignored: there is no domain of Rancher's to search")
    private static let agent = EngineVerdict.refused(
        "asks for keys of Rancher's API", hint: "give the container a token as a secret")
    private static let keptVolumes = EngineVerdict.warning("is ignored: a deploy never removes a named volume")
    private static let adoption = EngineVerdict.refused(
        "adopts containers that nobody deploys", hint: "name them as services")
    private static let folder = EngineVerdict.refused("names a folder of Rancher's balancer", hint: "use certs")
}
