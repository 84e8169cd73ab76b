public import Engines
public import Model
public import Foundation

/// The commands that people run in containers: so many, for so long, each for the one who began it.
public actor Terminals {
    private struct Entry {
        var session: TerminalSession
        var owner: String
        var environment: Int64
        var work: Task<Void, Never>
    }

    private let limits: TerminalLimits
    private let now: @Sendable () -> Date
    private var entries: [String: Entry] = [:]
    /// Places that are taken by commands that are about to begin.
    private var begun: [String: Int] = [:]

    public init(limits: TerminalLimits = TerminalLimits(), now: @escaping @Sendable () -> Date = { Date() }) {
        self.limits = limits
        self.now = now
    }

    /// Begins a command that `start` gives.
    ///
    /// - Parameters:
    ///   - owner: who alone may see it and type.
    ///   - onEnd: told once, however it ends.
    /// - Throws: `.tooMany` where there are as many as may be; whatever `start` throws.
    public func begin(
        for owner: String, in environment: Model.Environment, _ plan: ExecPlan,
        onEnd: @escaping @Sendable (TerminalView) async -> Void,
        _ start: @Sendable () async throws -> (container: ObservedContainer, process: any ExecProcess)
    ) async throws -> TerminalView {
        try await takePlace(owner)
        defer { begun[owner] = begun[owner].flatMap { $0 > 1 ? $0 - 1 : nil } }
        let (container, process) = try await start()
        let id = UUID().uuidString.lowercased()
        let view = TerminalView(
            id: id, environment: environment.name, container: container.name, command: plan.command, tty: plan.tty,
            startedAt: now())
        let session = TerminalSession(process, view, now: now)
        let work = Task {
            let view = await session.run()
            // It is told also where this is cancelled.
            await Task { await onEnd(view) }.value
        }
        entries[id] = Entry(session: session, owner: owner, environment: environment.id, work: work)
        return view
    }

    /// Ends one and waits until that is recorded. Throws `.notFound` as ``session(_:of:in:)``.
    public func end(
        _ id: String, of owner: String, in environment: Model.Environment, because reason: String
    ) async throws {
        _ = try session(id, of: owner, in: environment)
        await end(id, because: reason)
    }

    private func end(_ id: String, because reason: String) async {
        guard let entry = entries[id] else { return }
        await entry.session.end(because: reason)
        // An engine that doesn't end it must not hold anybody up.
        entry.work.cancel()
        await entry.work.value
    }

    /// The session of that id. Throws `.notFound` where there is none, or it is another's.
    public func session(_ id: String, of owner: String, in environment: Model.Environment) throws -> TerminalSession {
        guard let entry = entries[id], entry.owner == owner, entry.environment == environment.id else {
            throw Failure(
                .notFound, "There is no command \(id.prefix(60)) in \(environment.name)",
                hint: "It may have ended a while ago.")
        }
        return entry.session
    }

    /// Ends those that nobody is at, and forgets those that ended.
    public func tidy() async {
        for (id, entry) in entries {
            let session = entry.session
            let fate = fate(
                of: await session.view, activeAt: await session.activeAt, leftAt: await session.leftAt, limits,
                now: now())
            switch fate {
            case .goOn: break
            case .end(let reason): Task { await end(id, because: reason) }
            case .forget: entries[id] = nil
            }
        }
    }

    /// Ends all, and waits until that is recorded.
    public func endAll(because reason: String) async {
        let all = Array(entries.keys)
        await withTaskGroup(of: Void.self) { group in
            for id in all { group.addTask { await self.end(id, because: reason) } }
        }
    }

    private func takePlace(_ owner: String) async throws {
        var (own, all) = (begun[owner] ?? 0, begun.values.reduce(0, +))
        for entry in entries.values where await entry.session.view.endedAt == nil {
            all += 1
            if entry.owner == owner { own += 1 }
        }
        guard own < limits.perOwner, all < limits.inAll else {
            let most = own < limits.perOwner ? limits.inAll : limits.perOwner
            throw Failure(.tooMany, "\(most) commands run in containers already", hint: "End some of them.")
        }
        begun[owner, default: 0] += 1
    }
}
