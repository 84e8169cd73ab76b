import Access
import Delivery
import Engines
import Foundation
import HTTPTransport
import Logging
import Model
import SecretStore
import Secrets
import ServiceLifecycle
import Stacks
import Store
import Supervisor
import Synchronization
import Testing

@testable import Web

/// A server of its own for one test: a database in memory, a folder that is removed, any free port.
struct World: Sendable {
    let store: Store
    let access: Access
    let delivery: Delivery
    let stacks: StackService
    /// What the server was set up with.
    let routes: [Route]
    let folder: String
    let port: Int
    /// Begins a graceful shutdown.
    let stop: @Sendable () async -> Void

    var client: HTTPClient { HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port)) }
    var local: HTTPClient { HTTPClient(endpoint: .unixSocket("\(folder)/slipway.sock")) }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` beside the server and stops it.
    static func run(
        signIn: SignInConfiguration = SignInConfiguration(), publicURL: String = "http://127.0.0.1",
        replacing replace: @Sendable ([Route]) -> [Route] = { $0 },
        settings change: (inout WebSettings) -> Void = { _ in },
        _ body: @Sendable @escaping (World) async throws -> Void
    ) async throws {
        // Short, because the path of a socket may have 107 bytes.
        let folder = "/tmp/slw-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try Store(
            path: nil,
            migrations: Access.migrations + StackService.migrations + Delivery.migrations + WebServer.migrations)
        let access = Access(store: store)
        let stacks = StackService(
            store: store, engineFor: { _ in SimulatedEngine() }, edgeDirectory: "\(folder)/edge", instance: "test",
            logger: logger)
        let delivery = Delivery(
            store: store, stacks: stacks, access: access,
            secrets: SecretService(store: store, keys: Vault(key: .make()), folder: nil),
            supervisor: Supervisor(runDirectory: "\(folder)/run", executable: "/bin/false"), engine: SimulatedEngine(),
            settings: DeliverySettings(
                dataDirectory: folder, registry: "127.0.0.1:5000", publicURL: "http://127.0.0.1", agent: "/bin/false"),
            logger: logger)
        var settings = WebSettings(
            host: "127.0.0.1", port: 0, socketPath: "\(folder)/slipway.sock", publicURL: publicURL, version: "test")
        change(&settings)
        let server = WebServer(
            delivery: delivery, stacks: stacks, access: access, store: store, settings: settings, signIn: signIn,
            logger: logger)
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let routes = replace(server.routes)
        let group = ServiceGroup(services: server.listeners(routes: routes) { told.yield($0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var port = 0
                for await number in ports {
                    port = number
                    break
                }
                let world = World(
                    store: store, access: access, delivery: delivery, stacks: stacks, routes: routes, folder: folder,
                    port: port,
                    stop: { await group.triggerGracefulShutdown() })
                do {
                    try await body(world)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// Signs in as admin; returns the cookie and the CSRF token.
    func signIn() async throws -> (cookie: String, csrf: String) {
        let password = try #require(try await access.makeFirstAccount())
        let reply = try await form("/sign-in", ["account": "admin", "password": password])
        #expect(reply.status == 303)
        let cookie = try #require(reply.header("set-cookie")?.split(separator: ";").first.map(String.init))
        let session = try #require(try await access.session(String(cookie.dropFirst("slipway_session=".count))))
        return (cookie, session.csrf)
    }

    func get(_ path: String, _ headers: [(String, String)] = []) async throws -> HTTPReply {
        try await client.send(HTTPRequest(method: "GET", path: path, headers: headers), timeout: .seconds(20))
    }

    func form(
        _ path: String, _ fields: [String: String], _ headers: [(String, String)] = []
    ) async throws -> HTTPReply {
        let body = fields.map { "\($0)=\($1.addingPercentEncoding())" }.joined(separator: "&")
        return try await client.send(
            HTTPRequest(
                method: "POST", path: path, headers: headers + [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(body.utf8)), timeout: .seconds(20))
    }

    func post(_ path: String, _ json: String, _ headers: [(String, String)]) async throws -> HTTPReply {
        try await client.send(
            HTTPRequest(
                method: "POST", path: path, headers: headers + [("Content-Type", "application/json")],
                body: Array(json.utf8)), timeout: .seconds(20))
    }

    /// Appends an event.
    func log(_ topic: String) async throws { try await store.write { try Store.log(topic, "news", in: $0) } }

    func token() async throws -> [(String, String)] {
        [("Authorization", "Bearer \(try await access.makeToken(named: "test"))")]
    }
}

extension HTTPReply {
    var text: String { String(decoding: body, as: UTF8.self) }

    func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONCoding.decoder.decode(T.self, from: Data(body))
    }
}
