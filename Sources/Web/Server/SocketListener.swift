import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Model
import ServiceLifecycle

/// Listens on a socket file that only its owner may open.
struct SocketListener<Responder: HTTPResponder>: Service where Responder.Context == WebContext {
    let path: String
    let listener: Listener
    let responder: Responder
    let server: HTTPServerBuilder
    let logger: Logger

    func run() async throws {
        // A server that was killed leaves its file behind; the lock of the data directory says that it is gone.
        try? FileManager.default.removeItem(atPath: path)
        let application = Application(
            responder: ListenerResponder(listener: listener, inner: responder), server: server,
            configuration: .init(address: .unixDomainSocket(path: path), serverName: nil),
            onServerRunning: { _ in
                do {
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                } catch {
                    logger.error("The rights of \(path) can't be set: \(error)")
                }
            }, logger: logger)
        try await application.run()
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Marks requests with the listener that they came in at.
struct ListenerResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context == WebContext {
    let listener: Listener
    let inner: Inner

    func respond(to request: Request, context: WebContext) async throws -> Response {
        var context = context
        context.listener = listener
        return try await inner.respond(to: request, context: context)
    }
}
