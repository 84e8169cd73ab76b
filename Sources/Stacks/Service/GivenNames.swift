import GRDB
import Model
import Store

/// Names that services without containers give to the containers of others: aliases those that they mean, external
/// services everybody who may call them.
struct GivenNames: Hashable, Sendable {
    /// In the network of the stack.
    var near: [String] = []
    /// In that of the environment.
    var far: [String] = []
    /// Names of alias services of one's own stack whose services are in others, `name.stack:name`.
    var links: [String] = []
    /// `name:address`.
    var hosts: [String] = []
    /// Whether one service of the environment may call another.
    var areUsed = false

    /// For a container of `key`.
    init(_ services: [ServiceKey: ServiceSpec], for key: ServiceKey) {
        let directory = ServiceDirectory(services, of: key.environmentID)
        areUsed = NameServerNeed(of: Array(directory.services.values), isThere: false) == .wanted
        for (other, spec) in directory.services.sorted(by: { $0.key.description < $1.key.description }) {
            let (name, full) = (other.service, "\(other.service).\(other.stack)")
            let isNear = other.stack == key.stack
            switch spec.kind {
            case .containers, .loadBalancer: continue
            case .external:
                for address in spec.loadBalancer?.externalAddresses ?? [] {
                    hosts += (isNear ? [name, full] : [full]).map { "\($0):\(address)" }
                }
            case .alias:
                let meant = directory.find(.service(stack: other.stack, name: name), from: other.stack)
                if meant.contains(where: { $0.key == key }) {
                    far.append(full)
                    if isNear { near += [name, full] }
                }
                if isNear, meant.contains(where: { $0.key.stack != key.stack }) { links.append("\(full):\(name)") }
            }
        }
    }

    /// From what services are and are about to be.
    init(_ db: Database, for key: ServiceKey) throws {
        self.init(try Self.services(db, in: key.environmentID), for: key)
    }

    /// What services of an environment are, and those that are about to come.
    static func services(_ db: Database, in environment: Int64) throws -> [ServiceKey: ServiceSpec] {
        var services = try EdgeConfiguration.goals(db).filter { $0.key.environmentID == environment }
        for record in try RolloutRecord.fetch(db, where: "environmentID = ? AND state = 'queued'", [environment])
        where services[record.key] == nil {
            services[record.key] = record.rollout.spec
        }
        return services
    }
}
