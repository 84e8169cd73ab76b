/// Containers that come up while the commit is checked out.
actor ContainersAhead {
    private var task: Task<String, any Error>?

    func begin(_ start: @escaping @Sendable () async throws -> String) {
        task = Task { try await start() }
    }

    /// Waits for them; returns lines for the log, nil where nothing was begun or something went wrong. Who doesn't wait
    /// any more doesn't want them.
    func text() async -> String? {
        guard let task else { return nil }
        return await withTaskCancellationHandler {
            try? await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Returns when nothing comes up any more.
    func end() async {
        task?.cancel()
        _ = await task?.result
    }
}
