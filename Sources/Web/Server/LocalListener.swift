import Foundation
import Hummingbird
import Logging
import Model
import ServiceLifecycle

/// Listens on a socket file that only its owner may open: who connects there is an admin.
struct LocalListener<Responder: HTTPResponder>: Service where Responder.Context == WebContext {
    let path: String
    let responder: Responder
    let logger: Logger

    func run() async throws {
        // A server that was killed leaves its file behind; the lock of the data directory says that it is gone.
        try? FileManager.default.removeItem(atPath: path)
        let application = Application(
            responder: responder, server: .http1(configuration: .closing),
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
