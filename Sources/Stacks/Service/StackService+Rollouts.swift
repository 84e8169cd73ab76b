import Engines
import Foundation
import GRDB
import Logging
import Model
import Store

extension StackService {
    /// So long is the first of several waits in a row, unless something tells of a change.
    private static let firstPause = Duration.milliseconds(20)

    /// Works at a service's rollouts, one after the other, until none is left or the server stops.
    func drive(_ key: ServiceKey) async {
        // Open requests and starting containers are gone in a moment, or take their time.
        var pause = Self.firstPause
        while !Task.isCancelled {
            let version = signal.version
            do {
                switch try await turn(of: key) {
                case .rests: return
                case .acted: pause = Self.firstPause
                case .waits(_, let isBlind):
                    await signal.wait(after: version, upTo: isBlind ? .seconds(1) : pause)
                    pause = min(pause * 1.5, .milliseconds(200))
                case .stumbled: await signal.wait(after: signal.version, upTo: .seconds(1))
                }
            } catch {
                if Task.isCancelled { return }
                logger.warning("rollout paused", metadata: ["service": "\(key)", "error": "\(error)"])
                await signal.wait(after: signal.version, upTo: .seconds(1))
            }
        }
    }

    /// One turn at a service's rollouts: observe, ask what is next, do it, record it.
    package func turn(of key: ServiceKey) async throws -> Turn {
        guard let record = try await currentRollout(of: key) else { return .rests }
        // Looking may take long: nothing may be late that was not when it began.
        let at = now()
        let seen = try await observe(record)
        try await noteServing(record, seen)
        let steps = stepsAtOnce(of: record.rollout, given: seen, now: at, decide: decide)
        guard case .wait(let reason, let until) = steps[0] else {
            noted[record.rollout.id] = nil
            return try await carryOut(steps, record, seen)
        }
        if seen.unavailable != nil || seen.placement?.reason == reason { try await noteOnce(record, reason) }
        return .waits(until: until, isBlind: seen.unavailable != nil)
    }

    /// The service's rollout at work, else the oldest that is queued.
    private func currentRollout(of key: ServiceKey) async throws -> RolloutRecord? {
        try await store.read { db in
            let open = try RolloutRecord.ofService(db, key, and: "state IN \(RolloutRecord.open)")
            return open.first { $0.rollout.state != .queued } ?? open.first
        }
    }

    /// Carries out steps that may be done at once. One that fails holds up none of the others.
    private func carryOut(
        _ steps: [RolloutStep], _ record: RolloutRecord, _ seen: RolloutObservation
    ) async throws -> Turn {
        var turns: [Turn] = []
        if steps.count == 1 || actsInTurn {
            for step in steps { turns.append(try await carryOut(step, record, seen)) }
        } else {
            turns = try await withThrowingTaskGroup(of: Turn.self) { group in
                for step in steps { group.addTask { try await self.carryOut(step, record, seen) } }
                var turns: [Turn] = []
                for try await turn in group { turns.append(turn) }
                return turns
            }
        }
        return turns.contains(.acted) ? .acted : turns[0]
    }

    /// Carries out one step. What trying again won't mend becomes a fact that the next step sees.
    private func carryOut(
        _ step: RolloutStep, _ record: RolloutRecord, _ seen: RolloutObservation
    ) async throws -> Turn {
        do {
            try await perform(step, record, seen)
            return .acted
        } catch let failure as Failure {
            try Task.checkCancellation()
            let text = failure.cause.map { "\(failure.message): \($0)" } ?? failure.message
            switch (step, failure.code) {
            case (_, .unavailable), (_, .timedOut): break
            case (.create, _), (.start, _), (.pull, _):
                var record = record
                record.problem = text
                try await store.write { [record] db in try record.update(db) }
                return .acted
            default: break
            }
            try await noteOnce(record, text)
            return .stumbled
        }
    }

    private func perform(_ step: RolloutStep, _ record: RolloutRecord, _ seen: RolloutObservation) async throws {
        switch step {
        case .rest, .wait: return
        case .begin: return try await begin(record)
        case .beginRollback(let reason): return try await beginRollback(record, reason)
        case .finish(let state, let reason): return try await finish(record, state, reason)
        default: break
        }
        let environment = try await environment(record.key.environmentID)
        let scene = Scene(
            key: record.key, environment: environment, engine: try engineFor(environment), members: seen.members,
            rolloutID: record.rollout.id)
        let grace = (record.rollout.previous ?? record.rollout.spec).stopGracePeriod ?? 10
        switch step {
        case .pull(let image): try await pull(image, record, scene)
        case .create(let slot):
            guard let goal = record.goal else { return }
            try await bringUp(goal, slot: slot, scene)
        case .start(let id): try await start(id, scene)
        case .admit(let id): try await admit(id, scene)
        case .drain(let id): try await drain(id, scene)
        case .park(let id): try await park(id, grace: grace, scene)
        case .remove(let id): try await remove(id, grace: grace, scene)
        default: return
        }
    }

    private func pull(_ image: String, _ record: RolloutRecord, _ scene: Scene) async throws {
        var images = [image]
        if let goal = record.goal, goal.spec.sidekicks != nil {
            images = try await imagesToPull(of: goal, record, on: scene.engine)
        }
        for image in images {
            try await note(record, "pulling \(image)")
            try await scene.engine.pull(image) { _ in }
            try await note(record, "pulled \(image)")
        }
        var record = record
        record.pulledAt = now()
        try await store.write { [record] db in try record.update(db) }
    }

    // MARK: Turns of a rollout's life

    private func begin(_ record: RolloutRecord) async throws {
        let now = now()
        try await store.write { db in
            // It may have been overtaken since it was read.
            guard try RolloutRecord.find(db, id: record.rollout.id)?.rollout.state == .queued else { return }
            var record = record
            let key = record.key
            let service = try ServiceRecord.find(db, key)
            record.rollout.previous = service?.spec
            record.previousGeneration = service?.generation
            record.previousParts = service?.parts
            (record.generation, record.parts) = try Self.generation(of: record, after: service, db)
            record.rollout.state = .rolling
            record.rollout.startedAt = now
            record.rollout.deadline = now.addingTimeInterval(
                Double(record.rollout.options.deadline(replacing: service?.spec ?? record.rollout.spec)) / 1000)
            try record.update(db)
            let (spec, options) = (record.rollout.spec, record.rollout.options)
            try RolloutRecord.note(
                db, record.rollout.id,
                spec.kind == .containers
                    ? "bringing in \(spec.image), \(spec.scale) x, \(options.batchSize) at a time"
                    : "bringing in \(spec.newcomers)", at: now, kind: "rolling")
        }
    }

    /// The generation to bring in, and that of each part: what runs where only the scale differs; parked containers that
    /// are the very same; else a new one, with the parts that didn't change.
    private static func generation(
        of record: RolloutRecord, after service: ServiceRecord?, _ db: Database
    ) throws -> (Int64, PartGenerations?) {
        let (id, spec) = (record.rollout.id, record.rollout.spec)
        guard let service else { return (id, nil) }
        let hash = spec.hash
        if record.isRemoval || (service.spec.hash == hash && !record.isForced) {
            return (service.generation, service.parts)
        }
        let parked = Set(
            try ContainerRecord.all(db, of: record.key).filter { $0.parkedAt != nil }
                .map { PartKey(sidekick: $0.sidekick, generation: $0.generation) })
        // What runs to its end does so again for whoever asks for it; and what runs already is forced to be made anew.
        let isAnew = spec.runsOnce || service.spec.hash == hash
        let done =
            parked.isEmpty || isAnew ? [] : try RolloutRecord.ofService(db, record.key, and: "state = 'done'")
        for earlier in done.reversed()
        where earlier.rollout.spec.hash == hash && earlier.rollout.revision == record.rollout.revision {
            guard let goal = earlier.goal else { continue }
            let gone = goal.kind.names.filter { goal.parts[$0] != service.goal.parts[$0] }
            guard !gone.isEmpty,
                gone.allSatisfy({ name in
                    goal.parts[name].map { parked.contains(PartKey(sidekick: name, generation: $0)) } ?? false
                })
            else { continue }
            return (goal.generation, earlier.parts)
        }
        guard spec.sidekicks != nil, !record.isForced else { return (id, nil) }
        return (id, PartGenerations(of: spec, as: id, after: (service.spec, service.goal.parts)))
    }

    private struct PartKey: Hashable {
        var sidekick: String?
        var generation: Int64
    }

    private func beginRollback(_ record: RolloutRecord, _ reason: String) async throws {
        let now = now()
        try await store.write { db in
            var record = record
            record.rollout.state = .rollingBack
            record.rollout.reason = reason
            record.problem = nil
            record.rollout.deadline = now.addingTimeInterval(
                Double(record.rollout.options.deadline(replacing: record.rollout.spec)) / 1000)
            try record.update(db)
            let next = record.rollout.previous.map { "going back to \($0.image)" } ?? "there is nothing to go back to"
            try RolloutRecord.note(db, record.rollout.id, "\(reason); \(next)", at: now, kind: "rolling-back")
        }
    }

    private func finish(_ record: RolloutRecord, _ state: Rollout.State, _ reason: String?) async throws {
        if record.isRemoval, state == .done { try await sweep(record.key) }
        let now = now()
        try await store.write { db in
            var record = record
            let key = record.key
            record.rollout.state = state
            record.rollout.reason = reason
            record.rollout.endedAt = now
            try record.update(db)
            if state == .done, record.isRemoval {
                try ServiceRecord.delete(db, key)
                try KeptAddress.forget(key, db)
            } else if state == .done {
                try ServiceRecord(
                    key: key, spec: record.rollout.spec, generation: record.generation ?? record.rollout.id,
                    parts: record.parts
                ).save(db)
            }
            let text = reason.map { "\(state.rawValue): \($0)" } ?? state.rawValue
            try RolloutRecord.note(db, record.rollout.id, text, at: now, kind: "ended")
            try Store.log("environment/\(key.environmentID)", "service", in: db)
        }
        logger.info(
            "rollout ended", metadata: ["id": "\(record.rollout.id)", "service": "\(record.key)", "state": "\(state)"])
        signal.fire()
    }

    /// Removes everything that is left of a service that goes, and the stack's network with the last of them.
    private func sweep(_ key: ServiceKey) async throws {
        let sight = try await look(at: key)
        let scene = Scene(
            key: key, environment: sight.environment, engine: sight.engine, members: members(sight, key))
        for member in scene.members { try await remove(member.id, grace: 10, scene) }
        let others = try await store.read { db in
            try ServiceRecord.all(db, environment: key.environmentID, stack: key.stack).filter { $0.key != key }
        }
        guard others.isEmpty else { return }
        // Names may be needed no more.
        tendedAt[key.environmentID] = nil
        // It may still be used by something that isn't ours; that is no reason to fail.
        try? await scene.engine.removeNetwork(
            ContainerIdentity.network(of: key.stack, in: sight.environment.name))
        try? await scene.engine.removeNetwork(sharedNetwork(of: sight.environment))
    }

    // MARK: Notes

    private func note(_ record: RolloutRecord, _ text: String) async throws {
        let (id, now) = (record.rollout.id, now())
        try await store.write { try RolloutRecord.note($0, id, text, at: now) }
    }

    /// Notes what a rollout waits for, once.
    private func noteOnce(_ record: RolloutRecord, _ text: String) async throws {
        // Process numbers and times in a reason make it no news.
        let gist = text.filter { !$0.isNumber }
        guard noted[record.rollout.id] != gist else { return }
        noted[record.rollout.id] = gist
        try await note(record, "waiting: \(text)")
    }

    private func noteServing(_ record: RolloutRecord, _ seen: RolloutObservation) async throws {
        guard seen.unavailable == nil, record.rollout.state != .queued else { return }
        let serving = seen.members.filter { member in
            member.generation == record.goal?.generation
                && (member.isServing || record.goal?.spec.isDone(member) == true)
        }.count
        let id = record.rollout.id
        guard serving != record.rollout.serving else { return }
        try await store.write { db in
            try db.execute(sql: "UPDATE rollout SET serving = ? WHERE id = ?", arguments: [serving, id])
            try Store.log("rollout/\(id)", "progress", in: db)
        }
    }
}
