import Engines
import Foundation
import Model
import Synchronization
import Testing

@Suite("Simulated engine")
struct SimulatedEngineTests {
    /// A clock that a test moves.
    private final class TestClock: Sendable {
        private let seconds = Mutex(1_000_000.0)
        func advance(by interval: TimeInterval) { seconds.withLock { $0 += interval } }
        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
    }

    private let clock = TestClock()
    private let engine: SimulatedEngine

    init() {
        engine = SimulatedEngine(images: ["app:1"], now: { [clock] in clock.now })
    }

    private func plan(_ name: String, deploy: String = "1", restart: String = "no") -> ContainerPlan {
        ContainerPlan(
            name: name, image: "app:1", labels: ["dev.slipway.service": "web", "dev.slipway.deploy": deploy],
            network: "bridge", restart: restart)
    }

    @Test("A container is created, started, stopped and removed; each twice is the same as once")
    func life() async throws {
        let id = try await engine.create(plan("web-1"))
        #expect(try await engine.create(plan("web-1")) == id)
        try await engine.start(id)
        try await engine.start(id)
        let running = try #require(try await engine.containers(labels: ["dev.slipway.service": "web"]).first)
        #expect(running.state == .running && running.address != nil && running.startedAt == clock.now)
        try await engine.stop(id, grace: 1)
        try await engine.stop(id, grace: 1)
        let stopped = try #require(try await engine.containers(labels: [:]).first)
        #expect(stopped.state == .exited && stopped.address == nil && stopped.exitStatus == 143)
        try await engine.remove(id)
        try await engine.remove(id)
        try await engine.stop(id, grace: 1)
        #expect(try await engine.containers(labels: [:]).isEmpty)
        let calls = await engine.calls
        #expect(calls.first == SimulatedCall(.create, "web-1"))
        #expect(calls.count(where: \.verb.isWrite) == 9)
    }

    @Test("A name that another deploy's container has is a conflict that says what differs")
    func conflict() async throws {
        _ = try await engine.create(plan("web-1"))
        let failure = await #expect(throws: Failure.self) { try await engine.create(plan("web-1", deploy: "2")) }
        #expect(failure?.code == .conflict)
        #expect(failure?.cause == "dev.slipway.deploy is 1 there and 2 here")
    }

    @Test("Behaviours: refuses to start, exits at once, exits later, is restarted")
    func behaviours() async throws {
        await engine.set(.failsToStart("no such file"), for: "bad")
        await engine.set(.exits(status: 3, after: 0), for: "brief")
        await engine.set(.exits(status: 4, after: 10), for: "late")
        await engine.set(.exits(status: 5, after: 10), for: "again")
        let bad = try await engine.create(plan("bad"))
        let failure = await #expect(throws: Failure.self) { try await engine.start(bad) }
        #expect(failure?.code == .failed && failure?.cause == "no such file")
        for name in ["brief", "late"] { try await engine.start(try await engine.create(plan(name))) }
        try await engine.start(try await engine.create(plan("again", restart: "unless-stopped")))
        func state(_ name: String) async -> ObservedContainer? { await engine.snapshot().first { $0.name == name } }
        #expect(await state("brief")?.exitStatus == 3)
        #expect(await state("late")?.state == .running)
        clock.advance(by: 25)
        #expect(await state("late")?.state == .exited)
        #expect(await state("again")?.state == .running)
        #expect(await state("again")?.restarts == 2)
    }

    @Test("Hooks fail a call before its effect or lose the answer after it; a retry ends the same")
    func hooks() async throws {
        await engine.setHook(before: { call in if call.verb == .create { throw Failure(.unavailable, "lost") } })
        await #expect(throws: Failure.self) { try await engine.create(plan("web-1")) }
        #expect(await engine.snapshot().isEmpty)
        await engine.setHook(before: nil)
        await engine.setHook(after: { call in if call.verb == .create { throw Failure(.unavailable, "lost") } })
        await #expect(throws: Failure.self) { try await engine.create(plan("web-1")) }
        #expect(await engine.snapshot().count == 1)
        await engine.setHook(after: nil)
        _ = try await engine.create(plan("web-1"))
        #expect(await engine.snapshot().count == 1)
    }

    @Test("A container that crashes is restarted at once, with another address and a new start")
    func crashes() async throws {
        let id = try await engine.create(plan("web-1", restart: "unless-stopped"))
        try await engine.start(id)
        let before = try #require(await engine.snapshot().first)
        clock.advance(by: 5)
        await engine.crashAndRestart("web-1", status: 9)
        let after = try #require(await engine.snapshot().first)
        #expect(after.state == .running && after.restarts == 1 && after.exitStatus == 9 && after.startedAt == clock.now)
        #expect(after.address != nil && after.address != before.address)
        try await engine.stop(id, grace: 1)
        await engine.crashAndRestart("web-1", status: 9)
        #expect(await engine.snapshot().first?.state == .exited)
    }

    private func pull(_ reference: String) async throws { try await engine.pull(reference) { _ in } }

    @Test("A missing image is not found until it is pulled")
    func images() async throws {
        let missing = ContainerPlan(name: "web-1", image: "app:2", network: "bridge")
        await #expect(throws: Failure.self) { try await engine.create(missing) }
        await #expect(throws: Failure.self) { try await pull("app:2") }
        await engine.addToRegistry("app:2")
        try await pull("app:2")
        #expect(try await engine.image("app:2") != nil)
        _ = try await engine.create(missing)
    }

    private func drain(_ events: AsyncThrowingStream<Void, any Error>) async throws {
        for try await _ in events {}
    }

    @Test("Events wake a listener, and end when the engine goes down")
    func events() async throws {
        let id = try await engine.create(plan("web-1"))
        let events = try await engine.events()
        try await engine.start(id)
        for try await _ in events { break }
        let more = try await engine.events()
        await engine.setDown(true)
        await #expect(throws: Failure.self) { try await drain(more) }
        let failure = await #expect(throws: Failure.self) { try await engine.info() }
        #expect(failure?.code == .unavailable)
    }

    @Test("Logs follow a container to its end")
    func logs() async throws {
        let id = try await engine.create(plan("web-1"))
        try await engine.start(id)
        await engine.write(Array("one\n".utf8), to: id)
        let stream = try await engine.logs(id, follow: true, tail: nil, timestamps: false)
        await engine.write(Array("two\n".utf8), to: "web-1")
        await engine.crash(id, status: 1)
        var text = ""
        for try await chunk in stream { text += String(decoding: chunk, as: UTF8.self) }
        #expect(text == "one\ntwo\n")
    }
}
