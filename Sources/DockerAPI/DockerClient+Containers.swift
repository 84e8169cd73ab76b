import Synchronization

extension DockerClient {
    /// Maps to `GET /containers/json`, containers in any state.
    public func containers(labels: [String: String]) async throws -> [ContainerSummary] {
        let filters = Call.filters(labels.isEmpty ? [:] : ["label": labels.map { "\($0.key)=\($0.value)" }.sorted()])
        return try await get("/containers/json", [("all", "1"), ("filters", filters)], doing: "list containers")
    }

    /// Maps to `GET /containers/(id)/json`.
    public func container(_ id: String) async throws -> ContainerInspection {
        try await get("\(path(id))/json", doing: "inspect the container \(short(id))")
    }

    /// Maps to `POST /containers/create`; `.conflict` where the name is taken, `.notFound` where the image is missing.
    public func createContainer(_ name: String, _ body: CreateContainer) async throws -> String {
        let created: Created = try await post(
            "/containers/create", [("name", name)], body, doing: "create the container \(name)")
        return created.id
    }

    /// Maps to `POST /containers/(id)/start`; one that runs is fine.
    public func startContainer(_ id: String) async throws {
        try await post("\(path(id))/start", timeout: .seconds(120), doing: "start the container \(short(id))")
    }

    /// Maps to `POST /containers/(id)/stop`: the stop signal, then KILL after `grace` seconds; a stopped one is fine.
    public func stopContainer(_ id: String, grace: Int) async throws {
        try await post(
            "\(path(id))/stop", [("t", "\(grace)")], timeout: .seconds(grace + 60),
            doing: "stop the container \(short(id))")
    }

    /// Maps to `POST /containers/(id)/kill`; `.conflict` where it doesn't run.
    public func killContainer(_ id: String, signal: String) async throws {
        try await post(
            "\(path(id))/kill", [("signal", signal)], doing: "send \(signal) to the container \(short(id))")
    }

    /// Maps to `DELETE /containers/(id)`: by force, with its anonymous volumes; `.conflict` while it is being removed.
    public func removeContainer(_ id: String) async throws {
        try await delete(path(id), [("force", "1"), ("v", "1")], doing: "remove the container \(short(id))")
    }

    /// Maps to `POST /containers/(id)/wait`: returns when the container is gone.
    public func waitForRemoval(of id: String) async throws {
        try await post(
            "\(path(id))/wait", [("condition", "removed")], doing: "wait for the removal of \(short(id))")
    }

    /// Maps to `PUT /containers/(id)/archive`: unpacks a tape archive in a folder; `.notFound` where there is none.
    public func extract(_ archive: [UInt8], into id: String, at folder: String) async throws {
        let call = Call(
            method: "PUT", path: "\(path(id))/archive", query: [("path", folder)], body: archive,
            contentType: "application/x-tar", doing: "write files into the container \(short(id))")
        _ = try await self.call(call)
    }

    /// Maps to `GET /containers/(id)/logs`: what it wrote, stdout and stderr as they came, without frames.
    public func containerLogs(
        _ id: String, follow: Bool, tail: Int?, timestamps: Bool
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let hasTerminal = try await container(id).config.tty
        let chunks = try await stream(
            Call(
                method: "GET", path: "\(path(id))/logs",
                query: [
                    ("stdout", "1"), ("stderr", "1"), ("follow", follow ? "1" : nil),
                    ("tail", tail.map(String.init)), ("timestamps", timestamps ? "1" : nil),
                ], doing: "send the output of \(short(id))"))
        guard !hasTerminal else { return chunks }
        let frames = Frames()
        return AsyncThrowingStream {
            for try await chunk in chunks {
                let output = frames.decoder.withLock { $0.decode(chunk) }
                if !output.isEmpty { return output }
            }
            return nil
        }
    }

    private func path(_ id: String) -> String { "/containers/\(Call.escape(id))" }

    /// The first twelve digits of an id; a name as it is.
    private func short(_ id: String) -> Substring {
        id.utf8.count == 64 && id.allSatisfy(\.isHexDigit) ? id.prefix(12) : id[...]
    }
}

/// The state of a decoder, shared by the calls of one stream's closure.
private final class Frames: Sendable {
    let decoder = Mutex(LogFrameDecoder())
}
