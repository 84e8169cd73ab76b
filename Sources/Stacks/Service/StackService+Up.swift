import Engines
import Foundation
public import GRDB
public import Model
import Store
import Supervisor

extension StackService {
    /// Makes services of a stack what the request says: checks everything first, queues the rollouts in one
    /// transaction, and returns at once.
    ///
    /// - Parameters:
    ///   - key: of the request; the same key again gets the same answer and changes nothing.
    ///   - pin: the image with its recorded digest, or nil for one that is none of ours.
    ///   - admit: looks once more, in the transaction that queues them, whether that may still be; throws if not.
    public func up(
        _ request: UpRequest, in environment: Environment, key: String? = nil,
        pin: @Sendable (ServiceSpec) async throws -> String?, admit: @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> [ServiceOutcome] {
        if let key, let answer = try await store.read({ try UpAnswer.find($0, key) }) { return answer }
        let chosen = try await prepare(request, environment, pin)
        let now = try await situations(environment, request.stack)
        let decisions = try chosen.map { spec in (spec, try decision(on: spec, request, now[spec.name] ?? .init())) }
        let rolling = decisions.compactMap { _, decision -> ServiceSpec? in
            if case .roll(_, let spec, _, _) = decision { spec } else { nil }
        }
        try await checkPorts(of: rolling, request.stack, environment)
        try await checkPlacement(of: rolling, request, environment)
        var options = request.options
        options.batchSize = max(1, request.batchSize ?? options.batchSize)
        options.interval = max(0, request.interval ?? options.interval)
        // As with Rancher, what was taken back is not kept.
        if request.rollback { options.park = 0 }
        options.pull = request.pull
        let pruned = try request.removals(among: now.keys)
        let (at, hasEdge) = (self.now(), edge != nil)
        let outcomes = try await store.write { [options] db in
            try admit(db)
            if hasEdge { try Self.checkServices(holdingPortsOf: rolling, request.stack, environment, db) }
            var outcomes: [ServiceOutcome] = []
            for (spec, decision) in decisions {
                let key = ServiceKey(environmentID: environment.id, stack: request.stack, service: spec.name)
                outcomes.append(try Self.record(decision, key, request, options, at, db))
            }
            for name in pruned {
                guard var spec = now[name]?.spec else { continue }
                spec.scale = 0
                let key = ServiceKey(environmentID: environment.id, stack: request.stack, service: name)
                let id = try Self.queue(spec, key, request, options, isRemoval: true, at, db)
                outcomes.append(
                    ServiceOutcome(
                        service: name, action: .removed, rolloutID: id,
                        message: "\(name): removing it, \(request.prune ? "the file does not name it" : "as asked")"))
            }
            if let text = request.description { try StackNote.save(text, of: request.stack, environment, db) }
            if request.confirmUpgrade { try Self.expireParked(chosen.map(\.name), request.stack, environment, db) }
            if let key { try UpAnswer.keep(db, key, outcomes, at: at) }
            try Store.log("environment/\(environment.id)", "up", in: db)
            return outcomes
        }
        if request.confirmUpgrade { tendedAt[environment.id] = nil }
        signal.fire()
        return outcomes
    }

    /// The chosen services, pinned and with ports, after every check that needs no comparison.
    func prepare(
        _ request: UpRequest, _ environment: Environment, _ pin: @Sendable (ServiceSpec) async throws -> String?
    ) async throws -> [ServiceSpec] {
        guard isUsableName(request.stack) else {
            throw Failure(
                .invalid, "\(request.stack.isEmpty ? "An empty text" : request.stack) can't be a stack's name",
                hint: "Use letters, digits, `-`, `_` and `.`, at most 63.")
        }
        var chosen = try request.chosenServices()
        let objections = chosen.flatMap { Stacks.objections(to: $0, edge: edge != nil) }
        guard objections.isEmpty else { throw Failure(.invalid, objections.joined(separator: "\n")) }
        // The rollouts of a deploy wait for an engine that is away; a person is told at once.
        if request.deployID == nil { _ = try await engineInfo(in: environment) }
        let now = try await situations(environment, request.stack)
        for index in chosen.indices {
            let current = now[chosen[index].name]?.spec
            // As with Rancher, what the files say nothing of stays as it is.
            if chosen[index].keepsScale == true { chosen[index].scale = current?.scale ?? chosen[index].scale }
            if chosen[index].keepsRetainIP == true { chosen[index].retainIP = current?.retainIP ?? false }
            try await complete(&chosen[index], asIn: current, pin)
            for place in chosen[index].sidekicks?.indices ?? 0..<0 {
                guard var sidekick = chosen[index].sidekicks?[place] else { continue }
                try await complete(&sidekick, asIn: current?.part(sidekick.name), pin)
                chosen[index].sidekicks?[place] = sidekick
            }
            chosen[index].scale = chosen[index].kind == .containers ? chosen[index].asked : 0
        }
        try await checkBalancers(chosen, request.stack, environment)
        return chosen
    }

    /// Gives a service the digest of its image and ports of the host.
    private func complete(
        _ spec: inout ServiceSpec, asIn current: ServiceSpec?, _ pin: @Sendable (ServiceSpec) async throws -> String?
    ) async throws {
        if spec.pinnedImage == nil { spec.pinnedImage = try await pin(spec) }
        givePorts(to: &spec, asIn: current)
    }

    /// Gives each TCP port without one a port of the host: the one that it has, else one that is free.
    private func givePorts(to spec: inout ServiceSpec, asIn current: ServiceSpec?) {
        guard edge != nil, spec.kind == .containers else { return }
        for index in spec.ports.indices where spec.ports[index].hostPort == nil && spec.ports[index].transport == .tcp {
            let port = spec.ports[index]
            let held = current?.ports.first { $0.containerPort == port.containerPort && $0.transport == .tcp }
            spec.ports[index].hostPort = held?.hostPort ?? PortProbe.anyFree()
        }
    }

    /// What each service of a stack is, by name.
    func situations(_ environment: Environment, _ stack: String) async throws -> [String: ServiceSituation] {
        try await store.read { db in
            var found: [String: ServiceSituation] = [:]
            for service in try ServiceRecord.all(db, environment: environment.id, stack: stack) {
                found[service.key.service] = ServiceSituation(spec: service.spec, settled: service.spec)
            }
            let records = try RolloutRecord.fetch(
                db, where: "environmentID = ? AND stack = ? ORDER BY id", [environment.id, stack])
            for record in records {
                let name = record.key.service
                var situation = found[name] ?? ServiceSituation()
                if record.rollout.state.isFinal {
                    if record.rollout.state == .done, record.rollout.previous?.hash != record.rollout.spec.hash {
                        situation.before = record.rollout.previous
                    }
                } else {
                    situation.open = record
                    situation.spec =
                        record.rollout.state == .rollingBack ? record.rollout.previous : record.rollout.spec
                    if record.isRemoval || record.cancelRequested { situation.spec = record.rollout.previous }
                }
                found[name] = situation
            }
            return found.filter { $0.value.spec != nil || $0.value.open != nil }
        }
    }

    private static func record(
        _ decision: ServiceDecision, _ key: ServiceKey, _ request: UpRequest, _ options: RolloutOptions, _ now: Date,
        _ db: Database
    ) throws -> ServiceOutcome {
        switch decision {
        case .leave(let action, let message):
            return ServiceOutcome(service: key.service, action: action, message: message)
        case .cancel(let record, let message):
            try requestCancel(record.rollout.id, "rolled back by `up --rollback`", at: now, db)
            return ServiceOutcome(
                service: key.service, action: .rolledBack, rolloutID: record.rollout.id, message: message)
        case .roll(let action, let spec, let isForced, let message):
            let id = try queue(spec, key, request, options, isForced: isForced, now, db)
            return ServiceOutcome(service: key.service, action: action, rolloutID: id, message: message)
        }
    }

    /// Queues a rollout; those that were queued before it are overtaken.
    private static func queue(
        _ spec: ServiceSpec, _ key: ServiceKey, _ request: UpRequest, _ options: RolloutOptions, isForced: Bool = false,
        isRemoval: Bool = false, _ now: Date, _ db: Database
    ) throws -> Int64 {
        var record = RolloutRecord(
            rollout: Rollout(
                id: 0, environmentID: key.environmentID, stack: key.stack, service: key.service,
                deployID: request.deployID, revision: request.revision, spec: spec, options: options, queuedAt: now),
            isForced: isForced, isRemoval: isRemoval)
        let waiting = try RolloutRecord.ofService(db, key, and: "state = 'queued'")
        try record.insert(db)
        for var old in waiting {
            old.rollout.state = .cancelled
            old.rollout.reason = "superseded by rollout \(record.rollout.id)"
            old.rollout.endedAt = now
            try old.update(db)
            try RolloutRecord.note(
                db, old.rollout.id, "superseded by rollout \(record.rollout.id)", at: now, kind: "ended")
        }
        return record.rollout.id
    }

    /// Parked containers of a confirmed upgrade are removed at the next look, as if their time were over.
    private static func expireParked(
        _ services: [String], _ stack: String, _ environment: Environment, _ db: Database
    ) throws {
        for service in services {
            let key = ServiceKey(environmentID: environment.id, stack: stack, service: service)
            for var container in try ContainerRecord.all(db, of: key) where container.parkedAt != nil {
                container.parkedAt = Date(timeIntervalSince1970: 0)
                try container.save(db)
            }
        }
    }

    /// Refuses a port that another service or another program holds, naming it.
    private func checkPorts(of specs: [ServiceSpec], _ stack: String, _ environment: Environment) async throws {
        guard edge != nil else { return }
        let ours = try await store.read { db in
            try Self.checkServices(holdingPortsOf: specs, stack, environment, db)
            return try Self.heldPorts(db)
        }
        for spec in specs {
            let key = ServiceKey(environmentID: environment.id, stack: stack, service: spec.name)
            for port in spec.unitEdgePorts {
                let number = port.hostPort ?? 0
                guard !ours.contains(where: { $0.key == key && $0.port.collides(with: port) }) else { continue }
                if isPortFree(number, port.hostAddress) { continue }
                // It may be one that the edge is about to give back.
                try? await converge()
                guard isPortFree(number, port.hostAddress) else {
                    throw Failure(
                        .conflict, "\(key): " + PortProbe.sentence(number, ListeningSocket.holder(ofPort: number)),
                        hint: "See `ss -ltnp | grep :\(number)`, or give the service another port of the host.")
                }
            }
        }
    }

    /// Every port of the host that a service has or is about to have.
    private static func heldPorts(_ db: Database) throws -> [(key: ServiceKey, port: PortMapping)] {
        var held = try ServiceRecord.all(db).map { ($0.key, $0.spec) }
        held += try RolloutRecord.fetch(db, where: "state IN \(RolloutRecord.open)", []).map {
            ($0.key, $0.rollout.spec)
        }
        return held.flatMap { key, spec in spec.unitEdgePorts.map { (key, $0) } }
    }

    /// Refuses a port that another service has. Asked again as the rollouts are queued, so that of two requests for
    /// a port one is refused, however close they come.
    private static func checkServices(
        holdingPortsOf specs: [ServiceSpec], _ stack: String, _ environment: Environment, _ db: Database
    ) throws {
        var held = try heldPorts(db)
        for spec in specs {
            let key = ServiceKey(environmentID: environment.id, stack: stack, service: spec.name)
            for port in spec.unitEdgePorts {
                guard let other = held.first(where: { $0.key != key && $0.port.collides(with: port) })?.key else {
                    continue
                }
                let place = try String.fetchOne(
                    db, sql: "SELECT name FROM environment WHERE id = ?", arguments: [other.environmentID])
                throw Failure(
                    .conflict,
                    "Port \(port.hostPort ?? 0), which \(key) asks for, is held by \(other) in \(place ?? "?")",
                    hint: "Give one of them another port of the host.")
            }
            held += spec.unitEdgePorts.map { (key, $0) }
        }
    }
}

extension PortMapping {
    /// Whether both can't be listened on at once.
    func collides(with other: PortMapping) -> Bool {
        guard transport == other.transport, hostPort == other.hostPort, hostPort != nil else { return false }
        let addresses = Set([hostAddress ?? "0.0.0.0", other.hostAddress ?? "0.0.0.0"])
        return addresses.count == 1 || addresses.contains("0.0.0.0")
    }
}
