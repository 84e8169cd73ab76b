import GRDB
import Model
import NameServer

extension NameBook.Service {
    init(_ key: ServiceKey) {
        self.init(key.service, in: key.stack)
    }
}

extension NameBook {
    /// What names mean in an environment, from what is recorded.
    ///
    /// - Parameters:
    ///   - machine: Where containers find the ports of the machine, and so of load balancers.
    ///   - unfit: Ids of containers that were seen not to be up, or not healthy. Where none is fit, all that serve are named.
    init(
        of environmentID: Int64, services: [ServiceKey: ServiceSpec], containers: [ContainerRecord],
        machine: String? = nil, unfit: Set<String> = []
    ) {
        self.init()
        let directory = ServiceDirectory(services, of: environmentID)
        let serving = containers.filter {
            $0.sidekick == nil && $0.admittedAt != nil && $0.drainStartedAt == nil && $0.parkedAt == nil
        }.sorted { ($0.generation, $0.slot) < ($1.generation, $1.slot) }
        for (key, records) in Dictionary(grouping: serving, by: \.key)
        where directory.services[key]?.isFoundByName == true {
            let fit = records.filter { !unfit.contains($0.id) }
            places[Service(key)] = (fit.isEmpty ? records : fit).map { record in
                Place(
                    near: record.address.flatMap { IPv4Address($0) },
                    far: record.sharedAddress.flatMap { IPv4Address($0) })
            }
        }
        for (key, spec) in directory.services {
            if spec.kind == .loadBalancer, spec.isFoundOnMachine, let address = machine.flatMap({ IPv4Address($0) }) {
                places[Service(key)] = [Place(near: address, far: address)]
            }
            switch spec.kind {
            case .alias: groups[Service(key)] = directory.named(key.service, in: key.stack)
            case .containers, .loadBalancer:
                for target in spec.linkTargets(in: key.stack) {
                    let isItsName = target.stack == key.stack && target.alias == target.service
                    guard !isItsName, let meant = directory.named(target.service, in: target.stack) else { continue }
                    links[Service(key), default: [:]][target.alias] = meant
                }
            case .external: continue
            }
        }
    }

    /// Of several environments, by id; `machines` says where each finds the machine.
    static func all(_ db: Database, on machines: [Int64: String?], unfit: Set<String>) throws -> [Int64: NameBook] {
        let (goals, containers) = (try EdgeConfiguration.goals(db), try ContainerRecord.all(db))
        return Dictionary(
            machines.map { id, machine in
                (id, NameBook(of: id, services: goals, containers: containers, machine: machine, unfit: unfit))
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension ServiceDirectory {
    /// The services of containers that a name means; nil where it means others too, which only the engine's names know.
    fileprivate func named(_ service: String, in stack: String) -> [NameBook.Service]? {
        let found = find(.service(stack: stack, name: service), from: stack)
        guard !found.isEmpty, found.allSatisfy({ $0.spec.isFoundByName }) else { return nil }
        return found.map { NameBook.Service($0.key) }
    }
}

extension ServiceSpec {
    /// Whether a load balancer's ports are those that its callers know, on every address of the machine.
    var isFoundOnMachine: Bool {
        !balancerPorts.isEmpty
            && balancerPorts.allSatisfy { $0.hostAddress == nil && $0.hostPort == $0.containerPort }
    }

    /// Whether its containers are in the network of their stack, where names are for.
    var isFoundByName: Bool { kind == .containers && networkMode == nil && networking?.sharedWith == nil }
}
