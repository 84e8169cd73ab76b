import Access
import Delivery
import Foundation
import Git
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore

/// Git over HTTP: `git clone` and `git push` at `/git/<app>.git`, streamed in both directions.
struct GitRoutes: Sendable {
    private static let prefix = "/git"

    let services: WebServices

    var routes: [Route] {
        let path = "\(Self.prefix)/{repository}"
        return [
            .get("\(path)/info/refs", .git) { try await answer($0, $1) },
            Route(method: .post, path: "\(path)/git-upload-pack", access: .right(.read, .repository), action: nil) {
                try await answer($0, $1)
            },
            .post("\(path)/git-receive-pack", .right(.deploy, .repository), "git.push") { try await answer($0, $1) },
        ]
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let wanted = CGIRequest(
            method: request.method.rawValue, pathInfo: String(request.uri.path.dropFirst(Self.prefix.count)),
            query: request.uri.query ?? "", contentType: request.headers[.contentType],
            contentEncoding: request.headers[.contentEncoding],
            contentLength: request.headers[.contentLength].flatMap { Int($0) },
            protocolVersion: request.headers[.gitProtocol], user: context.actorName)
        guard let (name, service) = GitHTTPBackend.service(of: wanted) else {
            return .text(
                "This is git's smart HTTP service: use git clone or git push.\n", "text/plain", status: .notFound)
        }
        let app = try await services.delivery.app(named: name)
        if service == .push {
            guard case .hosted = app.source else {
                throw Failure(.conflict, "\(name) gets its commits from another git server: push there")
            }
        }
        let isPush = service == .push && request.method == .post
        let root = (services.delivery.gitDirectory(of: app) as NSString).deletingLastPathComponent
        let room = service == .push ? try Self.room(at: root, reserve: services.settings.limits.diskReserve) : nil
        let answer = try await GitHTTPBackend(projectRoot: root, largestPush: room).handle(
            wanted, body: request.body.map { Array($0.readableBytesView) }
        ) {
            guard isPush else { return }
            do {
                try await services.delivery.refresh(app)
            } catch {
                services.logger.error("After the push to \(name): \(error)")
            }
        }
        var headers = HTTPFields()
        for (name, value) in answer.head.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        // Where git refuses, it says so without a type.
        if headers[.contentType] == nil { headers[.contentType] = "text/plain" }
        return Response(
            status: .init(code: answer.head.status), headers: headers,
            body: .init(asyncSequence: answer.body.map { ByteBuffer(bytes: $0) }))
    }

    /// How many bytes a push may bring. Throws `.unavailable` where there is no room: deploys and logs need the rest.
    static func room(at folder: String, reserve: Int) throws -> Int? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue,
            let size = (attributes?[.systemSize] as? NSNumber)?.intValue
        else { return nil }
        return try room(free: free, of: size, reserve: reserve)
    }

    /// The same on a disk of that size: of a small one a twentieth is kept, or it would be full from the beginning.
    static func room(free: Int, of size: Int, reserve: Int) throws -> Int {
        let reserve = min(reserve, size / 20)
        guard free > reserve else {
            throw Failure(.unavailable, "The server's disk is full: nothing can be pushed", hint: "Free space there.")
        }
        return free - reserve
    }
}
