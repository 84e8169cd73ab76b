/// What kind of engine runs containers.
public enum EngineKind: String, Sendable, Hashable, Codable, CaseIterable {
    case docker
    case swarm
    /// Rancher 2 included.
    case kubernetes

    /// As people know it: `Docker Engine`.
    public var name: String {
        switch self {
        case .docker: "Docker Engine"
        case .swarm: "Docker Swarm"
        case .kubernetes: "Kubernetes"
        }
    }
}
