/// Keys that Rancher had beside compose's.
extension EngineTable {
    static let rancher: [EngineRow] = [
        EngineRow(
            .service, "metadata", docker: "kept with the service", swarm: .none, kubernetes: "ConfigMap"),
        EngineRow(
            .service, "description", docker: "kept with the service", swarm: "kept with the service",
            kubernetes: "metadata.annotations"),
        EngineRow(
            .service, "lb_config load_balancer_config port_rules", docker: "the edge", swarm: noBalancer,
            kubernetes: "Service and Ingress"),
        EngineRow(
            .service,
            "lb_config.config load_balancer_config.haproxy_config config",
            docker: "the edge", swarm: noBalancer,
            kubernetes: .refused("is for HAProxy, which isn't there")),
        EngineRow(
            .service,
            "lb_config.stickiness_policy load_balancer_config.lb_cookie_stickiness_policy stickiness_policy",
            docker: "the edge", swarm: noBalancer, kubernetes: .refused("is no matter of an Ingress")),
        EngineRow(
            .service, "certs default_cert", docker: "the edge", swarm: noBalancer,
            kubernetes: "Secret of type tls, Ingress.tls"),
        EngineRow(
            .service, "lb_config.certs lb_config.default_cert", docker: "the edge", swarm: noBalancer,
            kubernetes: "Secret of type tls, Ingress.tls"),
        EngineRow(
            .service, "external_ips", docker: "servers of the edge", swarm: .none,
            kubernetes: "Service and EndpointSlice"),
        EngineRow(
            .service, "storage_driver network_driver service_schemas", docker: infrastructure, swarm: infrastructure,
            kubernetes: infrastructure),
        EngineRow(
            .service, "type userdata vcpu memory disks", docker: machine, swarm: machine, kubernetes: machine),
    ]

    /// What the readers do themselves, and what is nobody's here.
    static let elsewhere: [EngineRow] = [
        EngineRow(
            .service, "extends profiles", docker: "resolved here", swarm: "resolved here", kubernetes: "resolved here"),
        EngineRow(
            .service, "attach", docker: "of the caller's terminal", swarm: "of the caller's terminal",
            kubernetes: "of the caller's terminal"),
        EngineRow(.service, "develop", docker: development, swarm: development, kubernetes: development),
        EngineRow(
            .service, "provider models use_api_socket", docker: plugIn, swarm: plugIn, kubernetes: plugIn),
    ]

    private static let noBalancer = EngineVerdict.refused(
        "has no equivalent: the swarm's own balancer knows ports alone", hint: "deploy to Docker Engine or Kubernetes")
    private static let infrastructure = EngineVerdict.refused("is a part of Rancher itself", hint: "remove it")
    private static let machine = EngineVerdict.refused("is for virtual machines", hint: "remove it")
    private static let development = EngineVerdict.warning("is ignored: it is for docker compose watch")
    private static let plugIn = EngineVerdict.refused("is for plug-ins of Docker Compose", hint: "remove it")
}
