import Foundation

/// What the loop remembers of names; after a restart all of it is found by looking.
struct NameMemory: Sendable {
    /// Seconds after which nobody calls any more who was told an address before it was taken back: no resolver may keep one.
    static let grace = 0.3

    /// An environment in which names are told.
    struct Place: Hashable, Sendable {
        /// The machine's own address in the network that all stacks share, where its ports are found; nil where there is none.
        var machine: String?
        /// The name server's, once it was seen to run.
        var server: String?
    }

    /// By environment.
    var places: [Int64: Place] = [:]
    /// When an environment's name server was taken away.
    var ended: [Int64: Date] = [:]
    /// Environments that were looked at for what an earlier process left.
    var searched: Set<Int64> = []
    /// Containers that take no calls though they are recorded as serving, as seen last.
    var unfit: [ServiceKey: Set<String>] = [:]
    /// Name of the image that name servers are of, once it is known.
    var image: String?

    /// Until when somebody may call a container who was told of it before it began to drain, or before there was nothing
    /// left that tells names; nil where names are the engine's alone.
    func namedUntil(since drainStart: Date, in environment: Int64) -> Date? {
        if places[environment] != nil { return drainStart.addingTimeInterval(Self.grace) }
        return ended[environment].map { min($0, drainStart).addingTimeInterval(Self.grace) }
    }
}
