extension DockerClient {
    /// Maps to `GET /events`: the ids of what something happened to, as it happens.
    ///
    /// Subscribed when it returns; ends or throws when the connection does.
    /// - Parameters:
    ///   - type: `container`, `image`, `network`, …
    ///   - actions: `start`, `die`, …
    public func events(type: String, actions: [String]) async throws -> AsyncThrowingStream<String, any Error> {
        let filters = Call.filters(["type": [type], "event": actions])
        let doing = "send its events"
        let chunks = try await stream(Call(method: "GET", path: "/events", query: [("filters", filters)], doing: doing))
        let (ids, teller) = AsyncThrowingStream.makeStream(of: String.self)
        let pump = Task {
            var lines = LineSplitter()
            do {
                for try await chunk in chunks {
                    for line in lines.split(chunk) {
                        let event: EngineEvent = try JSON.decode(line, doing: doing)
                        teller.yield(event.actor.id)
                    }
                }
                teller.finish()
            } catch {
                teller.finish(throwing: error)
            }
        }
        teller.onTermination = { _ in pump.cancel() }
        return ids
    }
}

private struct EngineEvent: Decodable {
    struct Actor: Decodable {
        var id: String

        private enum CodingKeys: String, CodingKey { case id = "ID" }
    }

    var actor: Actor

    private enum CodingKeys: String, CodingKey { case actor = "Actor" }
}
