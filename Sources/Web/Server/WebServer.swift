public import Access
public import Delivery
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import Stacks
public import Store

/// Pages, JSON API, live events and git, over TCP and over the socket in the data directory.
public struct WebServer: Sendable {
    /// The table of kept answers.
    public static let migrations: [Migration] = [IdempotencyTable.migration]

    private let services: WebServices

    /// Sets up nothing yet: the listeners begin with their services.
    public init(
        delivery: Delivery, stacks: StackService, access: Access, store: Store, settings: WebSettings,
        signIn: SignInConfiguration = SignInConfiguration(), logger: Logger
    ) {
        let outside = OutsideSignIn(
            access: access, configuration: signIn, publicURL: settings.publicURL, logger: logger)
        services = WebServices(
            delivery: delivery, stacks: stacks, access: access, signIn: outside, store: store, settings: settings,
            logger: logger)
    }

    /// The listeners: run them in a service group, after the services that they ask.
    public func makeServices() -> [any Service] { listeners { _ in } }

    /// `onPort` is told the TCP port, which the tests leave to the system; they may put others in place of the routes.
    func listeners(routes: [Route]? = nil, onPort: @escaping @Sendable (Int) -> Void) -> [any Service] {
        let responder = makeRouter(routes ?? self.routes).buildResponder()
        let (settings, logger) = (services.settings, services.logger)
        let server = HTTPServerBuilder.http1(configuration: channelConfiguration)
        let tcp = Application(
            responder: responder, server: server,
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: nil),
            onServerRunning: { channel in onPort(channel.localAddress?.port ?? 0) }, logger: logger)
        var sockets: [any Service] = []
        for (path, listener) in [(settings.socketPath, Listener.local), (settings.frontSocketPath, .front)] {
            guard let path else { continue }
            sockets.append(
                SocketListener(path: path, listener: listener, responder: responder, server: server, logger: logger))
        }
        return [tcp] + sockets + [TerminalKeeper(terminals: services.terminals)]
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        let (limits, trusted) = (services.settings.limits, services.settings.trustedProxies)
        let counter = ConnectionCounter(limits)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionHandler(limits: limits, counter: counter, trusted: trusted), ClosingHandler(),
            ],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headers,
                maxHeaderFieldCount: limits.headerCount))
    }

    /// Everything that can be asked.
    var routes: [Route] {
        DoorRoutes(services: services).routes + SignInRoutes(services: services).routes
            + PageRoutes(services: services).routes
            + EnvironmentRoutes(services: services).routes + RuntimeRoutes(services: services).routes
            + FormRoutes(services: services).routes
            + AccountRoutes(services: services).routes + PeopleRoutes(services: services).routes
            + SecretRoutes(services: services).routes + AuditRoutes(services: services).routes
            + LiveRoutes(services: services).routes
            + API(services: services).routes + GitRoutes(services: services).routes
    }

    private func makeRouter(_ routes: [Route]) -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ArrivalMiddleware(services: services))
        router.add(middleware: HeaderMiddleware())
        router.add(middleware: FailureMiddleware(services: services))
        router.add(middleware: RequestGuard(services: services, routes: routes))
        router.add(middleware: Gatekeeper(services: services))
        let gate = Gate(services: services)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await gate.answer(route, request, context)
            }
        }
        return router
    }
}
