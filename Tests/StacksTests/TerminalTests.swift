import Engines
import Foundation
import Model
import Synchronization
import Testing

@testable import Stacks

/// A command that writes what the test says, and remembers what was typed.
private final class FakeProcess: ExecProcess {
    let output: AsyncThrowingStream<[UInt8], any Error>
    private let writer: AsyncThrowingStream<[UInt8], any Error>.Continuation
    private let state = Mutex((typed: [UInt8](), isInputOver: false, size: "", status: Int?.none))

    init() { (output, writer) = AsyncThrowingStream.makeStream(of: [UInt8].self) }

    var typed: String { state.withLock { String(decoding: $0.typed, as: UTF8.self) } }
    var isInputOver: Bool { state.withLock { $0.isInputOver } }
    var size: String { state.withLock { $0.size } }

    func print(_ text: String) { writer.yield(Array(text.utf8)) }

    func exit(_ status: Int) {
        state.withLock { $0.status = status }
        writer.finish()
    }

    func write(_ bytes: [UInt8]) { state.withLock { $0.typed += bytes } }
    func finishInput() { state.withLock { $0.isInputOver = true } }
    func resize(rows: Int, columns: Int) { state.withLock { $0.size = "\(rows)x\(columns)" } }
    func exitStatus() -> Int? { state.withLock { $0.status } }
    func end() { writer.finish() }
}

@Suite(.timeLimit(.minutes(1))) struct TerminalTests {
    private static let environment = Environment(id: 1, name: "production", socket: "/a")
    private static let container = ObservedContainer(
        id: "c", name: "shop-web-1", image: "a", imageID: "a", labels: [:], state: .running, createdAt: Date())

    private func begin(
        _ process: FakeProcess, in terminals: Terminals, for owner: String = "ada", tty: Bool = true,
        onEnd: @escaping @Sendable (TerminalView) async -> Void = { _ in }
    ) async throws -> TerminalSession {
        let view = try await terminals.begin(
            for: owner, in: Self.environment, ExecPlan(command: ["sh"], tty: tty), onEnd: onEnd,
            { (Self.container, process) })
        return try await terminals.session(view.id, of: owner, in: Self.environment)
    }

    /// Reads until the end, or so many bytes.
    private func read(_ session: TerminalSession, from start: Int = 0, upTo count: Int = .max) async throws -> String {
        var (text, offset) = ("", start)
        for await _ in await session.attach() {
            let chunk = try await session.output(from: offset)
            text += String(decoding: chunk.bytes, as: UTF8.self)
            offset = chunk.next
            if chunk.isLast || offset >= count { break }
        }
        return text
    }

    @Test func whatIsWrittenIsReadFromAnyByte() async throws {
        let process = FakeProcess()
        let session = try await begin(process, in: Terminals())
        process.print("hello ")
        #expect(try await read(session, upTo: 6) == "hello ")
        process.print("world")
        process.exit(3)
        #expect(try await read(session, from: 4) == "o world")
        #expect(try await read(session) == "hello world")
        #expect(await session.view.exitStatus == 3)
    }

    @Test func nothingIsTypedTwiceAndNothingIsLost() async throws {
        let process = FakeProcess()
        let session = try await begin(process, in: Terminals())
        try await session.type(Array("ls".utf8), at: 0)
        try await session.type(Array("ls -l".utf8), at: 0)
        try await session.type(Array(" -l\n".utf8), at: 2, isLast: true)
        #expect(process.typed == "ls -l\n" && process.isInputOver)
        await #expect(throws: Failure.self) { try await session.type([65], at: 9) }
        try await session.resize(rows: 5, columns: 7)
        #expect(process.size == "5x7")
        process.exit(0)
        _ = try await read(session)
        await #expect(throws: Failure.self) { try await session.type([65], at: 6) }
    }

    @Test func aReaderThatIsSlowHoldsTheCommandUpAndLosesNothing() async throws {
        let process = FakeProcess()
        let session = try await begin(process, in: Terminals(), tty: false)
        let piece = String(repeating: "x", count: 300_000)
        for _ in 0..<10 { process.print(piece) }
        process.exit(0)
        #expect(try await read(session).utf8.count == 3_000_000)
        // What was read long ago is forgotten.
        await #expect(throws: Failure.self) { try await session.output(from: 0) }
    }

    @Test func thereAreSoManyAndEachIsItsOwners() async throws {
        var limits = TerminalLimits()
        (limits.perOwner, limits.inAll) = (2, 3)
        let terminals = Terminals(limits: limits)
        let first = try await begin(FakeProcess(), in: terminals)
        _ = try await begin(FakeProcess(), in: terminals)
        let full = await #expect(throws: Failure.self) { try await begin(FakeProcess(), in: terminals) }
        #expect(full?.code == .tooMany && full?.message == "2 commands run in containers already")
        _ = try await begin(FakeProcess(), in: terminals, for: "eve")
        await #expect(throws: Failure.self) { try await begin(FakeProcess(), in: terminals, for: "eve") }
        let id = await first.view.id
        let hidden = await #expect(throws: Failure.self) {
            try await terminals.session(id, of: "eve", in: Self.environment)
        }
        #expect(hidden?.code == .notFound)
    }

    @Test func whoeverEndsItItIsToldOnce() async throws {
        let (ends, end) = AsyncStream.makeStream(of: TerminalView.self)
        let terminals = Terminals()
        let session = try await begin(FakeProcess(), in: terminals) { end.yield($0) }
        await session.end(because: "it was closed")
        await terminals.endAll(because: "the server was stopped")
        end.finish()
        var views: [TerminalView] = []
        for await view in ends { views.append(view) }
        #expect(views.map(\.reason) == ["it was closed"] && views.first?.endedAt != nil)
    }

    @Test func whatNobodyIsAtIsEnded() {
        let now = Date(timeIntervalSince1970: 10_000)
        var view = TerminalView(
            id: "1", environment: "e", container: "c", command: ["sh"], tty: true, startedAt: now)
        let limits = TerminalLimits()
        func decide(active: Double, left: Double?) -> TerminalFate {
            fate(
                of: view, activeAt: now.addingTimeInterval(-active), leftAt: left.map { now.addingTimeInterval(-$0) },
                limits, now: now)
        }
        #expect(decide(active: 10, left: nil) == .goOn)
        #expect(decide(active: 1801, left: nil) == .end("nothing was typed for 30 minutes"))
        #expect(decide(active: 10, left: 59) == .goOn)
        #expect(decide(active: 10, left: 61) == .end("nobody was at it any more"))
        view.endedAt = now.addingTimeInterval(-59)
        #expect(decide(active: 5000, left: 5000) == .goOn)
        view.endedAt = now.addingTimeInterval(-61)
        #expect(decide(active: 0, left: nil) == .forget)
    }
}
