import Foundation

/// What the loop remembers of names; after a restart all of it is found by looking.
struct NameMemory: Sendable {
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
}
