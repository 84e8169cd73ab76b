/// What stands behind the name of a service. Rancher told it by the image and by `lb_config`, and so is it told here.
public enum ServiceKind: String, Sendable, Codable, CaseIterable {
    case containers
    /// Has no container here: its ports are the edge's, and its rules lead to other services.
    case loadBalancer = "load balancer"
    /// `rancher/external-service`: addresses or a host name outside.
    case external = "external service"
    /// `rancher/dns-service`: another name for the services that it links to.
    case alias = "alias"
}

extension ServiceSpec {
    /// What stands behind the name.
    public var kind: ServiceKind {
        switch ImageReference(image)?.repository {
        case "rancher/dns-service"?: .alias
        case "rancher/external-service"?: .external
        case "rancher/load-balancer-service"?, "rancher/lb-service-haproxy"?: .loadBalancer
        default: loadBalancer?.rules.contains { $0.sourcePort != nil } == true ? .loadBalancer : .containers
        }
    }
}
