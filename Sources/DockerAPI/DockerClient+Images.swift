import HTTPTransport
import Model

extension DockerClient {
    /// Maps to `GET /images/(name)/json`.
    public func image(_ reference: String) async throws -> ImageInspection {
        try await get(
            "/images/\(Call.escape(reference, keeping: "/:@"))/json", doing: "inspect the image \(reference)")
    }

    /// Maps to `DELETE /images/(name)`; `.conflict` where a container uses it.
    public func removeImage(_ reference: String) async throws {
        try await delete("/images/\(Call.escape(reference, keeping: "/:@"))", doing: "remove the image \(reference)")
    }

    /// Maps to `POST /images/create`: makes an image of the files of a tape archive.
    public func importImage(_ name: String, _ archive: [UInt8]) async throws {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        _ = try await call(
            Call(
                method: "POST", path: "/images/create",
                query: [("fromSrc", "-"), ("repo", parts.first), ("tag", parts.count > 1 ? parts[1] : "latest")],
                body: archive, contentType: "application/x-tar", doing: "make the image \(name)"))
    }

    /// Maps to `POST /images/create`: pulls; `progress` gets the steps without the counting in between.
    ///
    /// The engine reports most errors inside an answer of status 200. `.notFound`: the registry doesn't have it;
    /// `.unavailable`: the registry doesn't answer.
    public func pullImage(_ reference: String, progress: @Sendable (String) -> Void) async throws {
        guard let image = ImageReference(reference) else {
            throw Failure(.invalid, "\(reference) is not the name of an image")
        }
        // Without a tag the engine would pull every tag there is.
        let call = Call(
            method: "POST", path: "/images/create",
            query: [("fromImage", image.name), ("tag", image.digest?.description ?? image.tag ?? "latest")],
            doing: "pull the image \(reference)")
        do {
            try await reaching {
                try await http.withResponse(call.request, timeout: .seconds(300)) { head, body in
                    guard head.status < 400 else {
                        throw call.failure(status: head.status, body: try await body.collect())
                    }
                    var steps = PullProgress()
                    while let chunk = try await body.next() { try steps.read(chunk, report: progress) }
                    try steps.finish(report: progress)
                }
            }
        } catch let failure as Failure {
            throw PullProgress.classified(failure, reference: reference)
        }
    }
}

/// An image as the engine shows it.
public struct ImageInspection: Sendable, Decodable {
    /// Content address of its configuration.
    public var id: String
    public var repoTags: [String]?
    public var repoDigests: [String]?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
    }
}
