public import GRDB
public import Model
import Store

extension StackService {
    /// Changes how a service runs, by a rollout of what it runs; returns at once.
    ///
    /// - Parameters:
    ///   - actor: who asked, for the batch log.
    ///   - deployID: the deploy whose script asked.
    ///   - key: of the request; the same key again gets the same answer and changes nothing.
    ///   - admit: looks once more, in the transaction that queues it, whether that may still be; throws if not.
    public func change(
        _ change: ServiceChange, of service: String, stack: String, in environment: Environment, by actor: String,
        deployID: Int64? = nil, key: String? = nil, admit: @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> ServiceOutcome {
        if let key, let answer = try await store.read({ try UpAnswer.find($0, key) })?.first { return answer }
        let place = ServiceKey(environmentID: environment.id, stack: stack, service: service)
        let now = try await situations(environment, stack)
        guard let situation = now[service] else {
            let names = now.keys.sorted().joined(separator: ", ")
            throw Failure(
                .notFound, "There is no service \(service) in the stack \(stack)",
                hint: names.isEmpty ? "`slipway ps` lists those that there are." : "Services: \(names).")
        }
        let (last, seen) = try await store.read { (try Self.last(of: place, $0), try Self.newest(of: place, $0)) }
        var request = try request(for: change, of: service, in: stack, situation, last: last)
        request.deployID = deployID
        let outcomes = try await up(request, in: environment, key: key, pin: { _ in nil }) { db in
            try admit(db)
            // What a deploy queued meanwhile must not be overtaken by what ran before it.
            guard try Self.newest(of: place, db) == seen else {
                throw Failure(
                    .conflict, "\(place) was changed by somebody else in the same moment",
                    hint: "Look at it, and try again.")
            }
        }
        guard let outcome = outcomes.first else {
            throw Failure(.internal, "Nothing was decided about \(place)")
        }
        if let id = outcome.rolloutID { try await noteRequest(of: id, change, actor) }
        return outcome
    }

    /// The last rollout that made the service what it is or is about to be; what was taken back doesn't count.
    private static func last(of key: ServiceKey, _ db: Database) throws -> Rollout? {
        try RolloutRecord.ofService(db, key, and: "state IN ('queued', 'rolling', 'done') AND NOT isRemoval")
            .last?.rollout
    }

    private static func newest(of key: ServiceKey, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT max(id) FROM rollout WHERE environmentID = ? AND stack = ? AND service = ?",
            arguments: [key.environmentID, key.stack, key.service])
    }

    private func noteRequest(of id: Int64, _ change: ServiceChange, _ actor: String) async throws {
        let (text, now) = ("\(actor) asked for \(change.words)", now())
        try await store.write { db in
            let isNoted = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM rolloutEntry WHERE rolloutID = ? AND text = ?)",
                arguments: [id, text])
            if isNoted != true { try RolloutRecord.note(db, id, text, at: now) }
        }
    }
}
