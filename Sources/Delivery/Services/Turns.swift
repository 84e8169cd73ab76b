/// Lets one at a time do something with a thing, in the order they came; others wait.
///
/// An actor alone is no lock: between two of its awaits another call may come in.
actor Turns {
    private var last: [Int64: Task<Void, Never>] = [:]

    /// Runs `body` when all who came before for the same thing are done.
    func take<T: Sendable>(_ thing: Int64, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let before = last[thing]
        let turn = Task {
            await before?.value
            return try await body()
        }
        last[thing] = Task { _ = try? await turn.value }
        return try await withTaskCancellationHandler {
            try await turn.value
        } onCancel: {
            turn.cancel()
        }
    }
}
