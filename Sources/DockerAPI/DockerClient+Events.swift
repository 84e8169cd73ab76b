extension DockerClient {
    /// Maps to `GET /events`: a stream that yields nothing but wake-ups, several in a row told as one.
    ///
    /// Subscribed when it returns; ends or throws when the connection does.
    /// - Parameters:
    ///   - type: `container`, `image`, `network`, …
    ///   - actions: `start`, `die`, …
    public func events(type: String, actions: [String]) async throws -> AsyncThrowingStream<Void, any Error> {
        let filters = Call.filters(["type": [type], "event": actions])
        let chunks = try await stream(
            Call(method: "GET", path: "/events", query: [("filters", filters)], doing: "send its events"))
        let (wakeups, wakeup) = AsyncThrowingStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pump = Task {
            var lines = LineSplitter()
            do {
                for try await chunk in chunks where !lines.split(chunk).isEmpty { wakeup.yield() }
                wakeup.finish()
            } catch {
                wakeup.finish(throwing: error)
            }
        }
        wakeup.onTermination = { _ in pump.cancel() }
        return wakeups
    }
}
