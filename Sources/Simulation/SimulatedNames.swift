import Engines
import Model
import NameServer
import Stacks
import Synchronization

/// What name servers would read, in memory: it outlives the server, as files do.
final class SimulatedNames: NameStore {
    private struct State {
        var books: [Int64: NameBook] = [:]
        var failsUntil = 0
    }

    private let clock: WorldClock
    private let state = Mutex(State())

    /// Whether who was named once is named for ever.
    private let isBroken: Bool

    init(_ clock: WorldClock, isBroken: Bool) {
        self.clock = clock
        self.isBroken = isBroken
    }

    /// What an environment's name server says now.
    func book(of environment: Int64) -> NameBook? { state.withLock { $0.books[environment] } }

    /// Nothing can be written until then.
    func fail(until time: Int) { state.withLock { $0.failsUntil = time } }

    func write(_ book: NameBook, of environment: Int64) throws {
        try state.withLock { [clock, isBroken] state in
            var book = book
            if isBroken {
                for (service, places) in state.books[environment]?.places ?? [:] {
                    book.places[service, default: []] += places.filter { book.places[service]?.contains($0) != true }
                }
            }
            guard state.books[environment] != book else { return }
            guard clock.time >= state.failsUntil else {
                throw Failure(.unavailable, "The simulated names can't be written")
            }
            state.books[environment] = book
        }
    }

    func forget(_ environment: Int64) { state.withLock { $0.books[environment] = nil } }
    func folder(of environment: Int64) -> String { "/names/\(environment)" }
    func image() throws -> String { "slipway-agent:simulated" }
    func files() throws -> [ContainerFile] { [] }
}
