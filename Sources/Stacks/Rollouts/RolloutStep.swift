public import Model
public import struct Foundation.Date

/// A thing to do next for a rollout. Every act is safe to repeat, and at the same time as those for other containers.
public enum RolloutStep: Hashable, Sendable {
    /// Take the turn: note when it started, the deadline and what runs now.
    case begin
    /// Bring the image to the engine.
    case pull(String)
    /// Create the container of this slot, in the generation to bring in (or back), and start it.
    case create(slot: Int)
    /// Start a container that was created and not started, or one that was parked.
    case start(String)
    /// Let requests reach it.
    case admit(String)
    /// Let no new request reach it.
    case drain(String)
    /// Stop it and set it aside.
    case park(String)
    /// Stop it and remove it.
    case remove(String)
    /// Nothing to do but look again; `until` is when at the latest.
    case wait(String, until: Date?)
    /// Go back to what ran before.
    case beginRollback(String)
    case finish(Rollout.State, reason: String?)
    /// It has ended: nothing, ever.
    case rest
}
