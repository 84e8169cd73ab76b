import Model

/// The looks at repositories that are under way, at most one an app. They don't end with who asked for them, but with
/// the server: a remote that hangs holds up nobody.
actor Looks {
    private struct Look {
        var task: Task<Void, any Error>
        var since = ContinuousClock.now
    }

    /// As many at a time; one that takes longer than `patience` hangs and is not counted.
    private static let limit = 8
    private static let patience = Duration.seconds(10)
    private static let longestPause = Duration.seconds(30)

    private var looks: [Int64: Look] = [:]
    private var failures: [Int64: Int] = [:]
    private var notBefore: [Int64: ContinuousClock.Instant] = [:]
    private var isStopped = false

    /// The look that is under way, else a new one.
    func join(
        _ app: Int64, every interval: Duration, _ body: @escaping @Sendable () async throws -> Void
    ) -> Task<Void, any Error> {
        if let look = looks[app] { return look.task }
        let task = Task {
            do {
                try await body()
                ended(app, failed: false, interval)
            } catch {
                ended(app, failed: true, interval)
                throw error
            }
        }
        if isStopped { task.cancel() }
        looks[app] = Look(task: task)
        return task
    }

    /// The same for the poll: only when it is the app's turn, after longer pauses where it failed. False when too many
    /// are under way.
    func poll(_ app: Int64, every interval: Duration, _ body: @escaping @Sendable () async throws -> Void) -> Bool {
        guard looks[app] == nil, notBefore[app].map({ $0 <= .now }) ?? true else { return true }
        let brisk = looks.values.count { ContinuousClock.now - $0.since < Self.patience }
        guard brisk < Self.limit else { return false }
        _ = join(app, every: interval, body)
        return true
    }

    /// Ends the app's look.
    func cancel(_ app: Int64) async {
        let look = looks[app]
        look?.task.cancel()
        _ = await look?.task.result
    }

    /// Ends all of them.
    func stop() async {
        isStopped = true
        for look in looks.values { look.task.cancel() }
        for look in looks.values { _ = await look.task.result }
    }

    private func ended(_ app: Int64, failed: Bool, _ interval: Duration) {
        looks[app] = nil
        let count = failed ? (failures[app] ?? 0) + 1 : 0
        failures[app] = count
        notBefore[app] = .now + min(interval * (1 << min(count, 8)), max(interval, Self.longestPause))
    }
}

extension Task where Failure == any Error, Success == Void {
    /// Waits for the end, but no longer than `time`; the task goes on. False when it has not ended by then.
    func ends(within time: Duration) async throws -> Bool {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        let waiter = Task<Void, Never> {
            _ = await result
            continuation.finish()
        }
        defer { waiter.cancel() }
        let hasEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in ends {}
                return true
            }
            group.addTask {
                try? await Task<Never, Never>.sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try Task<Never, Never>.checkCancellation()
        if hasEnded { try await value }
        return hasEnded
    }
}
