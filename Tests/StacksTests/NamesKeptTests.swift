import Engines
import Foundation
import Logging
import Model
import NameServer
import Store
import Synchronization
import Testing

@testable import Stacks

/// What names lead to while containers are replaced, as the simulation found it: the world is one that a test moves.
@Suite(.timeLimit(.minutes(1))) struct NamesKeptTests {
    /// Names in memory.
    final class Names: NameStore {
        private let state = Mutex<(book: NameBook?, isBroken: Bool, keepsAll: Bool)>((nil, false, false))

        var book: NameBook { state.withLock { $0.book } ?? NameBook() }
        func breakDown(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }
        /// Whether nothing is taken back any more.
        func keepAll(_ keepsAll: Bool) { state.withLock { $0.keepsAll = keepsAll } }

        func write(_ book: NameBook, of environment: Int64) throws {
            try state.withLock { state in
                if state.book == book { return }
                let places = { (book: NameBook) in book.places.values.map(\.count).reduce(0, +) }
                let isLess = state.book.map { places(book) < places($0) } ?? false
                if state.isBroken || state.keepsAll && isLess { throw Failure(.unavailable, "the disk is full") }
                state.book = book
            }
        }

        func forget(_ environment: Int64) {}
        func folder(of environment: Int64) -> String { "/names" }
        func image() -> String { "names:1" }
        func files() -> [ContainerFile] { [] }
        /// Where the containers of a service are found.
        func places(_ service: String, in stack: String) -> [NameBook.Place] {
            book.places[.init(service, in: stack)] ?? []
        }
    }

    /// Finds what it is told to find.
    final class Prober: HealthProbing {
        private let found = Mutex<[String: HealthRecord]>([:])

        func find(_ record: HealthRecord, of id: String) { found.withLock { $0[id] = record } }
        func watch(_ subjects: [HealthSubject], of key: ServiceKey) {}
        func records(of key: ServiceKey) -> [String: HealthRecord] { found.withLock { $0 } }
        func stop() {}
    }

    final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
        var now: Date { time.withLock { $0 } }
        func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    let clock: Clock
    let engine: SimulatedEngine
    let store: Store
    let names = Names()
    let prober = Prober()
    let orders = ServiceKey(environmentID: 1, stack: "shop", service: "orders")

    init() throws {
        let clock = Clock()
        self.clock = clock
        engine = SimulatedEngine(images: ["orders:1", "orders:2", "mail:1"], now: { clock.now })
        store = try Store(path: nil, migrations: StackService.migrations)
    }

    /// - Parameter dies: Whether nothing can be told of what drains.
    func server(dies: Bool = false) -> StackService {
        names.keepAll(dies)
        return StackService(
            store: store, engineFor: { [engine] _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(
                now: { [clock] in clock.now }, edge: nil, prober: { [prober] _ in prober }, names: names))
    }

    func up(_ service: StackService, _ spec: ServiceSpec, stack: String = "shop", rollback: Bool = false) async throws {
        _ = try await service.up(
            UpRequest(
                stack: stack, spec: StackSpec(services: [spec]), upgrade: true, rollback: rollback,
                options: RolloutOptions(settle: 0, deadline: 60_000, drain: 0)),
            in: try await service.environment(1), pin: { _ in nil })
    }

    /// Carries rollouts out, with time, until `isEnough`.
    func drive(
        _ service: StackService, _ key: ServiceKey, until isEnough: () async throws -> Bool = { false }
    ) async throws {
        while try await service.turn(of: key) != .rests, try await !isEnough() { clock.pass(0.1) }
    }

    /// Two services in two stacks, which call each other.
    func begin() async throws -> StackService {
        let service = server()
        _ = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        try await up(service, ServiceSpec(name: "mail", image: "mail:1"), stack: "office")
        try await drive(service, ServiceKey(environmentID: 1, stack: "office", service: "mail"))
        try await up(service, ServiceSpec(name: "orders", image: "orders:1", scale: 2))
        try await drive(service, orders)
        return service
    }

    @Test func `What is started again is named where it is now, in every network`() async throws {
        let service = try await begin()
        try await up(service, ServiceSpec(name: "orders", image: "orders:2", scale: 2))
        try await drive(service, orders)
        #expect(names.places("orders", in: "shop").count == 2)
        try await up(service, ServiceSpec(name: "orders", image: "orders:1", scale: 2), rollback: true)
        try await drive(service, orders) {
            let running = Set(await engine.snapshot().flatMap(\.addresses.values))
            let told = names.places("orders", in: "shop").flatMap { [$0.near, $0.far].compactMap { $0?.description } }
            #expect(Set(told).isSubset(of: running))
            return false
        }
        #expect(names.places("orders", in: "shop").allSatisfy { $0.near != nil && $0.far != nil })
        #expect(await engine.snapshot().filter { $0.state == .running && $0.image == "orders:1" }.count == 2)
    }

    @Test(arguments: [false, true])
    func `A server that takes over takes the name back, and waits, before it stops`(wasTold: Bool) async throws {
        _ = try await begin()
        let first = server(dies: !wasTold)
        try await up(first, ServiceSpec(name: "orders", image: "orders:2", scale: 2))
        let isDraining = { [store] in
            try await store.read { try ContainerRecord.all($0).contains { $0.drainStartedAt != nil } }
        }
        while try await !isDraining() {
            _ = try? await first.turn(of: orders)
            clock.pass(0.1)
        }
        // It dies, and some time goes by.
        clock.pass(5)
        let second = server()
        await engine.forgetCalls()
        guard case .waits(let until?, _) = try await second.turn(of: orders) else {
            Issue.record("it didn't wait")
            return
        }
        #expect(until.timeIntervalSince(clock.now) > 0.29 && until.timeIntervalSince(clock.now) < 0.31)
        #expect(await engine.calls.allSatisfy { $0.verb != .stop })
        let running = await engine.snapshot().filter { $0.state == .running && $0.image.hasPrefix("orders:") }
        #expect(names.places("orders", in: "shop").count == running.count - 1)
        clock.pass(0.3)
        _ = try await second.turn(of: orders)
        #expect(await engine.calls.contains { $0.verb == .stop })
    }

    @Test func `One too many goes only when its name was taken back, however long the disk is full`() async throws {
        let service = try await begin()
        let environment = try await service.environment(1)
        try await store.write { [orders] db in
            var record = try ServiceRecord.find(db, orders)
            record?.spec.scale = 1
            try record?.save(db)
        }
        await engine.forgetCalls()
        let isStopped = { [engine] in await engine.calls.contains { $0.verb == .stop || $0.verb == .remove } }
        names.breakDown(true)
        for _ in 0..<4 {
            _ = await service.tend(environment)
            clock.pass(1)
        }
        #expect(names.places("orders", in: "shop").count == 2)
        names.breakDown(false)
        _ = await service.tend(environment)
        #expect(names.places("orders", in: "shop").count == 1)
        #expect(await !isStopped())
        clock.pass(0.3)
        _ = await service.tend(environment)
        #expect(await isStopped())
    }

    @Test func `What the engine started again isn't named until it is fit`() async throws {
        let service = try await begin()
        let ids = await engine.snapshot().filter { $0.image == "orders:1" }.map(\.id)
        let one = try #require(ids.first)
        #expect(ids.count == 2)
        var record = HealthRecord(since: clock.now)
        record.last = ProbeResult(at: clock.now, passed: false, text: "connection refused")
        prober.find(record, of: one)
        _ = await service.tend(try await service.environment(1))
        #expect(names.places("orders", in: "shop").count == 1)
        record.verdict = .healthy
        prober.find(record, of: one)
        _ = await service.tend(try await service.environment(1))
        #expect(names.places("orders", in: "shop").count == 2)
    }
}
