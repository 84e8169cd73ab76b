import Engines
public import Model
import Foundation

/// A command in a container with somebody at its other end, who may lose the connection and come back.
///
/// What it wrote is kept for a while, by the number of each byte; what is typed is numbered too. So whoever comes back
/// has no gap, and nothing is typed twice.
public actor TerminalSession {
    /// What a reader gets.
    public struct Chunk: Sendable, Hashable {
        public var bytes: [UInt8]
        /// Where to go on.
        public var next: Int
        /// Whether nothing will be added.
        public var isLast: Bool
    }

    /// So much waits for a reader before the command has to.
    private static let most = 1 << 20
    /// So much is kept of what was read.
    private static let kept = 256 << 10

    private let process: any ExecProcess
    private let now: @Sendable () -> Date
    public private(set) var view: TerminalView
    /// When something was typed, or written where there is no terminal.
    private(set) var activeAt: Date
    /// When the last reader left; nil while there is one.
    private(set) var leftAt: Date?

    private var bytes: [UInt8] = []
    private var start = 0
    private var read = 0
    private var typed = 0
    private var reader: AsyncStream<Void>.Continuation?
    private var readers = 0
    private var room: CheckedContinuation<Void, Never>?

    init(_ process: any ExecProcess, _ view: TerminalView, now: @escaping @Sendable () -> Date) {
        self.process = process
        self.view = view
        self.now = now
        (activeAt, leftAt) = (now(), now())
    }

    // MARK: Output

    /// Takes the command's output until it has ended; returns how it did.
    func run() async -> TerminalView {
        do {
            for try await chunk in process.output { await append(chunk) }
            try Task.checkCancellation()
            view.exitStatus = try await process.exitStatus()
        } catch {
            view.reason = view.reason ?? "the engine no longer answers"
        }
        if view.exitStatus == nil { view.reason = view.reason ?? "the connection to it was lost" }
        view.endedAt = now()
        reader?.yield()
        return view
    }

    private func append(_ chunk: [UInt8]) async {
        if !view.tty { activeAt = now() }
        bytes += chunk
        reader?.yield()
        if start + bytes.count - read > Self.most, view.reason == nil {
            await withCheckedContinuation { room = $0 }
        }
    }

    /// Yields when there is something to read, and at least once every `interval`. Who read before is told to stop.
    public func attach(every interval: Duration = .seconds(2)) -> AsyncStream<Void> {
        reader?.finish()
        readers += 1
        leftAt = nil
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        reader = continuation
        continuation.yield()
        let mine = readers
        let ticking = Task {
            while (try? await Task.sleep(for: interval)) != nil { continuation.yield() }
        }
        continuation.onTermination = { [weak self] _ in
            ticking.cancel()
            Task { await self?.leave(mine) }
        }
        return stream
    }

    private func leave(_ number: Int) {
        guard number == readers else { return }
        (reader, leftAt) = (nil, now())
    }

    /// What there is from byte `offset` on. Throws `.conflict` for what is no longer kept.
    public func output(from offset: Int) throws(Failure) -> Chunk {
        guard offset >= start else {
            throw Failure(.conflict, "What stood before byte \(start) is no longer kept")
        }
        let from = min(max(0, offset - start), bytes.count)
        let part = Array(bytes[from...])
        let next = start + from + part.count
        read = max(read, offset)
        let old = read - start - Self.kept
        if old > 0 {
            bytes.removeFirst(old)
            start += old
        }
        if start + bytes.count - read <= Self.most {
            room?.resume()
            room = nil
        }
        return Chunk(bytes: part, next: next, isLast: view.endedAt != nil)
    }

    // MARK: Input

    /// Types; `at` is the number of the first byte. What was typed before is left out. Throws `.conflict` for a gap, and
    /// where the command has ended.
    public func type(_ bytes: [UInt8], at offset: Int, isLast: Bool = false) async throws {
        guard view.endedAt == nil else { throw Failure(.conflict, "The command has ended") }
        guard offset <= typed else {
            throw Failure(.conflict, "Bytes \(typed) to \(offset) of what was typed are missing")
        }
        let fresh = bytes.dropFirst(typed - offset)
        typed += fresh.count
        activeAt = now()
        if !fresh.isEmpty { try await process.write(Array(fresh)) }
        if isLast { await process.finishInput() }
    }

    /// Tells the command another size of its terminal.
    public func resize(rows: Int, columns: Int) async throws {
        guard view.endedAt == nil else { return }
        try await process.resize(rows: rows, columns: columns)
    }

    // MARK: End

    /// Ends the command; the first reason that is given counts.
    public func end(because reason: String) async {
        guard view.endedAt == nil else { return }
        view.reason = view.reason ?? reason
        room?.resume()
        room = nil
        await process.end()
    }
}
