import Engines
public import Model
public import Stacks
public import struct Foundation.Date

/// A loop that is broken in one way, to show that the judge sees it.
public enum Mutation: String, Sendable, CaseIterable {
    /// Takes an old one out before the new one is there.
    case drainEarly = "drain-early"
    /// Lets requests reach what was started, without a probe or a settle time.
    case admitUnproven = "admit-unproven"
    /// Doesn't wait for open requests.
    case ignoreOpenRequests = "ignore-open-requests"
    /// Removes what should be kept for a rollback.
    case removeInsteadOfPark = "remove-instead-of-park"
    /// Never gives up.
    case forgetDeadline = "forget-deadline"
    /// Is done as soon as the new ones serve.
    case finishEarly = "finish-early"
    /// Goes on where it should go back.
    case neverGoBack = "never-go-back"
    /// Creates all at once, whatever the batch.
    case ignoreBatch = "ignore-batch"
    /// Fails when nothing can be seen.
    case panicInOutage = "panic-in-outage"
    /// Stops what others may still call who were told of it.
    case stopWhileNamed = "stop-while-named"
    /// Never takes a name back.
    case keepNames = "keep-names"
    /// Takes a unit for whole that lacks a sidekick.
    case admitHalf = "admit-half"
    /// Forgets a sidekick in place of stopping it.
    case leaveSidekick = "leave-sidekick"

    /// The broken decision.
    public func decide(_ rollout: Rollout, _ seen: RolloutObservation, _ now: Date) -> RolloutStep {
        var (rollout, seen) = (rollout, seen)
        switch self {
        case .forgetDeadline: rollout.deadline = nil
        case .ignoreBatch: rollout.options.batchSize = 100
        case .ignoreOpenRequests:
            for index in seen.members.indices where seen.members[index].drainStartedAt != nil {
                seen.members[index].isDrained = true
            }
        case .admitHalf:
            for index in seen.members.indices { seen.members[index].isWhole = true }
        case .stopWhileNamed:
            for index in seen.members.indices { seen.members[index].namedUntil = nil }
        case .panicInOutage:
            if let reason = seen.unavailable, rollout.state == .rolling { return .beginRollback(reason) }
        default: break
        }
        let step = nextStep(of: rollout, given: seen, now: now)
        let serving = seen.members.filter { $0.isAdmitted && $0.drainStartedAt == nil && $0.parkedAt == nil }
        switch (self, step) {
        case (.drainEarly, .create):
            guard rollout.state == .rolling, let old = serving.first(where: { $0.generation != seen.generation }) else {
                return step
            }
            return .drain(old.id)
        case (.admitUnproven, .wait):
            return seen.members.first { $0.state == .running && !$0.isAdmitted && $0.parkedAt == nil }
                .map { .admit($0.id) } ?? step
        case (.removeInsteadOfPark, .park(let id)): return .remove(id)
        case (.finishEarly, .drain):
            let isThere = serving.count { $0.generation == seen.generation } >= rollout.spec.scale
            return isThere && rollout.state == .rolling ? .finish(.done, reason: nil) : step
        case (.neverGoBack, .beginRollback(let reason)): return .wait(reason, until: nil)
        default: return step
        }
    }
}
