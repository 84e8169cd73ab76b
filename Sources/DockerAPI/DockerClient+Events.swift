extension DockerClient {
    /// Maps to `GET /events`: what happens, as it happens.
    ///
    /// Subscribed when it returns; ends or throws when the connection does.
    /// - Parameters:
    ///   - type: `container`, `image`, `network`, …
    ///   - actions: `start`, `die`, …
    public func events(type: String, actions: [String]) async throws -> EngineEvents {
        let filters = Call.filters(["type": [type], "event": actions])
        let call = Call(method: "GET", path: "/events", query: [("filters", filters)], doing: EngineEvents.doing)
        return EngineEvents(chunks: try await stream(call))
    }
}

/// Events that an engine tells for as long as the connection lasts.
public struct EngineEvents: Sendable {
    fileprivate static let doing = "send its events"
    fileprivate let chunks: AsyncThrowingStream<[UInt8], any Error>

    /// Calls `body` with the id of what each event is about; returns when the engine ends the connection.
    public func forEach(_ body: (String) -> Void) async throws {
        var lines = LineSplitter()
        for try await chunk in chunks {
            for line in lines.split(chunk) {
                let event: EngineEvent = try JSON.decode(line, doing: Self.doing)
                body(event.actor.id)
            }
        }
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
