import Engines
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

    /// For a container of `key`.
    init(_ services: [ServiceKey: ServiceSpec], for key: ServiceKey) {
        let directory = ServiceDirectory(services, of: key.environmentID)
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
        self.init(try Self.services(db), for: key)
    }

    /// What services are, and those that are about to come.
    private static func services(_ db: Database) throws -> [ServiceKey: ServiceSpec] {
        var services = try EdgeConfiguration.goals(db)
        for record in try RolloutRecord.fetch(db, where: "state = 'queued'", []) where services[record.key] == nil {
            services[record.key] = record.rollout.spec
        }
        return services
    }

    /// Whether one service of an environment may call another.
    static func areUsed(_ db: Database, in environment: Int64) throws -> Bool {
        try services(db).count { $0.key.environmentID == environment && $0.value.kind == .containers } > 1
    }
}

extension StackService {
    /// Lets a container take part in the network that all stacks of the environment share, once there is somebody who may
    /// call it there: at its start and not when it is created, so that a crash between the two leaves none without its
    /// names; or while it runs, where others came after it.
    func attach(_ part: Member.Part, _ scene: Scene) async throws {
        let (key, environment) = (scene.key, scene.environment)
        let (spec, names, areUsed) = try await store.read { db in
            (
                try RolloutRecord.spec(db, generation: part.generation)?.part(part.sidekick),
                try GivenNames(db, for: key), try GivenNames.areUsed(db, in: environment.id)
            )
        }
        guard areUsed, let spec, spec.networkMode == nil, spec.networking?.sharedWith == nil else { return }
        let network = sharedNetwork(of: environment)
        let name = part.sidekick.map { "\($0).\(key.service)" } ?? spec.name
        let own = "\(name).\(key.stack)"
        let labels = labels(of: environment)
        try await ensureNetwork(network, labels: labels, in: environment, scene.engine)
        try await scene.engine.attach(
            part.id,
            to: NetworkAttachment(
                network: network, aliases: Set([own] + (part.sidekick == nil ? names.far : [])).sorted(),
                links: spec.farLinks(from: key.stack) + names.links))
    }
}
