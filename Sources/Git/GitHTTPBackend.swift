import Foundation
import Glibc
import Model
import Subprocess
import Synchronization
import SystemPackage

/// Git over HTTP: git's own `git http-backend`, as a CGI program. Request and answer are streamed, nothing is held in
/// memory; whoever may do it is the caller's to decide (see `service(of:)`).
public struct GitHTTPBackend: Sendable {
    /// What a request wants.
    public enum Service: String, Sendable {
        /// Clone, fetch and pull.
        case read = "git-upload-pack"
        /// Push.
        case push = "git-receive-pack"
    }

    private let projectRoot: String
    private let timeout: Duration
    private let largestPush: Int?

    /// `projectRoot` holds the bare repositories, `<app>.git`. A request that takes longer than `timeout` is ended;
    /// a push that brings more than `largestPush` bytes is refused by git itself.
    public init(projectRoot: String, timeout: Duration = .seconds(3600), largestPush: Int? = nil) {
        self.projectRoot = projectRoot
        self.timeout = timeout
        self.largestPush = largestPush
        // A git that ends before it has read everything must not end the server.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Which repository (`orders`) a request is about, and what it wants; nil when it is none of git's smart requests.
    public static func service(of request: CGIRequest) -> (app: String, service: Service)? {
        guard let match = request.pathInfo.wholeMatch(of: #/\/([A-Za-z0-9_-][A-Za-z0-9._-]*)\.git\/([a-z\/-]+)/#) else {
            return nil
        }
        let app = String(match.1)
        switch (request.method, match.2) {
        case ("GET", "info/refs"):
            let name = "service="
            guard request.query.hasPrefix(name) else { return nil }
            return Service(rawValue: String(request.query.dropFirst(name.count))).map { (app, $0) }
        case ("POST", let name): return Service(rawValue: String(name)).map { (app, $0) }
        default: return nil
        }
    }

    /// Runs git for one request. Returns when the head of the answer is known; the body comes as it is consumed.
    ///
    /// `ended` runs when git has ended, before the body ends, and also when the client has gone away: after a push
    /// the new commits are in the repository then. A push whose request has arrived in full is always carried out.
    public func handle<Body: AsyncSequence & Sendable>(
        _ request: CGIRequest, body: Body, ended: @escaping @Sendable () async -> Void = {}
    ) async throws -> CGIResponse where Body.Element == [UInt8] {
        guard let (app, service) = Self.service(of: request) else {
            return .plain(
                request.method == "GET" ? 403 : 404, "This is git's smart HTTP service: use git clone or push.")
        }
        guard GitMirror(directory: "\(projectRoot)/\(app).git").exists else {
            return .plain(404, "There is no repository \(app).git")
        }
        if service == .push, request.user == nil { return .plain(403, "Sign in to push.") }
        let handover = Handover()
        let exchange = GitExchange(
            environment: environment(for: request), service: service, handover: handover, timeout: timeout)
        let task = Task {
            let failure = await exchange.run(body)
            await ended()
            handover.finish(throwing: failure)
        }
        let stream = CGIBody(handover: handover, preceding: []) {
            if !exchange.mustGoOn { task.cancel() }
        }
        return try await withTaskCancellationHandler {
            var iterator = stream.makeAsyncIterator()
            var bytes: [UInt8] = []
            while let chunk = try await iterator.next() {
                bytes += chunk
                guard let (head, rest) = CGIHead.parse(bytes) else { continue }
                return CGIResponse(head: head, body: stream.preceded(by: rest))
            }
            throw Failure(.unavailable, "git answered nothing for \(request.pathInfo)", hint: "Try again.")
        } onCancel: {
            if !exchange.mustGoOn { task.cancel() }
        }
    }

    private func environment(for request: CGIRequest) -> [Subprocess.Environment.Key: String] {
        var variables = GitEnvironment.variables()
        let own: [Subprocess.Environment.Key: String?] = [
            "GIT_PROJECT_ROOT": projectRoot, "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": request.method,
            "PATH_INFO": request.pathInfo, "QUERY_STRING": request.query, "CONTENT_TYPE": request.contentType,
            "CONTENT_LENGTH": request.contentLength.map(String.init), "HTTP_CONTENT_ENCODING": request.contentEncoding,
            "HTTP_GIT_PROTOCOL": request.protocolVersion, "GIT_PROTOCOL": request.protocolVersion,
            "REMOTE_USER": request.user, "REMOTE_ADDR": "127.0.0.1", "GATEWAY_INTERFACE": "CGI/1.1",
        ]
        for (key, value) in own { variables[key] = value }
        if let largestPush {
            variables["GIT_CONFIG_COUNT"] = "1"
            variables["GIT_CONFIG_KEY_0"] = "receive.maxInputSize"
            variables["GIT_CONFIG_VALUE_0"] = String(largestPush)
        }
        return variables
    }
}
