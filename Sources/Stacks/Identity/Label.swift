import Model

/// Names of the labels that every container of Slipway carries; no other program writes those under `dev.slipway.`.
public enum Label {
    public static let environment = "dev.slipway.environment"
    public static let stack = "dev.slipway.stack"
    public static let service = "dev.slipway.service"
    /// Name of the service that runs beside another one's container; only on sidekicks, whose ``service`` is their primary.
    public static let sidekick = "dev.slipway.sidekick"
    /// The slot, 1 to the service's scale.
    public static let index = "dev.slipway.index"
    public static let deploy = "dev.slipway.deploy"
    public static let revision = "dev.slipway.revision"
    public static let specHash = "dev.slipway.spec-hash"
    /// The generation: id of the rollout that first created containers of this kind.
    public static let rollout = "dev.slipway.rollout"
    /// Which data directory the container belongs to.
    public static let instance = "dev.slipway.instance"
    /// Name of the environment whose name server it is; only on those, which are of no environment's stacks.
    public static let names = "dev.slipway.names"
    /// What Rancher's own containers carry, for the scripts that look for it.
    public static let rancherStack = "io.rancher.stack.name"
    public static let rancherService = "io.rancher.stack_service.name"
    public static let rancherContainer = "io.rancher.container.name"
    /// A service's own wish: `http` or `tcp`.
    public static let edgeProtocol = "dev.slipway.edge.protocol"
}

/// A service's place: one rollout at a time may change what is there.
public struct ServiceKey: Hashable, Sendable, Codable, CustomStringConvertible {
    public var environmentID: Int64
    public var stack: String
    public var service: String

    public init(environmentID: Int64, stack: String, service: String) {
        self.environmentID = environmentID
        self.stack = stack
        self.service = service
    }

    public var description: String { "\(stack)/\(service)" }
}

/// Whether `text` can be part of a container's, a network's and a backend's name.
func isUsableName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.utf8.count <= 63 else { return false }
    let isWord = { (c: Unicode.Scalar) in
        ("a"..."z").contains(c) || ("A"..."Z").contains(c) || ("0"..."9").contains(c)
    }
    return isWord(first) && text.unicodeScalars.allSatisfy { isWord($0) || $0 == "_" || $0 == "." || $0 == "-" }
}
