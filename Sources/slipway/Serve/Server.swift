import Access
import Delivery
import Engines
import Foundation
import Glibc
import Logging
import Model
import Pipeline
import SecretStore
import Secrets
import ServiceLifecycle
import Stacks
import Store
import Supervisor
import UnixSignals
import Web

/// What `slipway serve` was told.
struct ServerOptions: Sendable {
    var data: DataDirectory
    var host: String
    var port: Int
    var publicURL: String?
    var registry: String?
    var engineSocket: String
    var environment: String
    var aliases: [String]
    var buildSlots: Int
    var pollInterval: Int
    var patience: Int
    var allowsHostSteps: Bool
    var web: CheckedWebOptions
    /// The file that says how people sign in; nil means with passwords.
    var signIn: String?
    var stepUsers: StepUserPolicy
}

/// Puts the parts together and runs them until a signal.
struct Server {
    let options: ServerOptions
    let logger = Logger(label: "slipway")

    init(_ options: ServerOptions) {
        self.options = options
    }

    func run() async throws {
        let (data, executable) = (options.data, try OwnExecutable.path())
        let signIn = try signInConfiguration()
        let agent = try OwnExecutable.agent()
        try data.refuseHalfRestored()
        try data.prepare(executable: executable)
        try await data.lock()
        // Before anything of a newer version's is replaced.
        let store = try Store(path: data.database, migrations: Schema.migrations, version: SlipwayVersion.current)
        try data.keepAgent(agent)
        let supervisor = Supervisor(runDirectory: data.runFolder, executable: executable)
        supervisor.removeDrafts()
        let agentImage = AgentImage(program: data.agent)
        let engine = try DockerEngine(socket: options.engineSocket, agent: agentImage)
        try Preflight.stepUsers(options.stepUsers, data: data, executable: executable)
        try Preflight.programs(ownRegistry: options.registry == nil)
        try await Preflight.port(options.port, host: options.host, patience: .seconds(1))
        let registry = options.registry == nil ? Registry(data: data, logger: logger) : nil
        let registryAddress = if let given = options.registry { given } else { try await registry?.establish() ?? "" }
        let access = Access(store: store)
        let secrets = try await secrets(in: store)
        let stacks = StackService(
            store: store, engineFor: { try DockerEngine(socket: $0.socket, agent: agentImage) },
            edgeDirectory: data.edge,
            instance: try data.instance(), keeper: executable,
            secrets: SecretSource(secrets), names: NameSettings(folder: data.names, agent: data.agent), logger: logger)
        if try await stacks.environments().isEmpty {
            _ = try await stacks.addEnvironment(
                name: options.environment, aliases: options.aliases, socket: options.engineSocket)
        }
        let localURL = "http://\(["0.0.0.0", "::"].contains(options.host) ? "127.0.0.1" : options.host):\(options.port)"
        let publicURL = options.publicURL ?? options.web.publicURL(host: options.host, port: options.port)
        let front = options.web.tls.map {
            TLSFront($0, data: data, publicURL: publicURL, keeper: executable, logger: logger)
        }
        if let front { try await front.establish() } else { await Front.stop(directory: data.front) }
        let delivery = Delivery(
            store: store, stacks: stacks, access: access, secrets: secrets,
            supervisor: supervisor,
            engine: engine,
            settings: DeliverySettings(
                dataDirectory: data.path, registry: registryAddress,
                publicURL: publicURL, scriptURL: localURL, allowsHostSteps: options.allowsHostSteps,
                buildSlots: options.buildSlots,
                pollInterval: options.pollInterval, buildSocket: options.engineSocket, instance: try data.instance(),
                patience: max(1, options.patience), agent: data.agent, stepUsers: options.stepUsers),
            logger: logger)
        let web = WebServer(
            delivery: delivery, stacks: stacks, access: access, store: store,
            settings: webSettings(publicURL), signIn: signIn, logger: logger)
        try await greet(access, publicURL)
        let work: [any Service] = [
            Work("stacks", logger) { try await stacks.run() }, Work("usage", logger) { try await stacks.watchUsage() },
            Work("delivery", logger) { try await delivery.run() },
        ]
        do {
            try await ServiceGroup(
                services: work + (registry.map { [$0] } ?? []) + (front.map { [$0] } ?? []) + web.makeServices(),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            ).run()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .unavailable, "The server ended", hint: "Is \(options.host):\(options.port) free to listen on?",
                cause: "\(error)")
        }
    }

    /// How people sign in, as the file says that was named.
    private func signInConfiguration() throws -> SignInConfiguration {
        guard let file = options.signIn else { return SignInConfiguration() }
        let content = try SignInFile.load(file, environment: ProcessInfo.processInfo.environment)
        for warning in content.warnings { logger.warning("\(warning)") }
        // What is started from here on has no use for them.
        for name in content.variables { unsetenv(name) }
        return content.configuration
    }

    private func webSettings(_ publicURL: String) -> WebSettings {
        var settings = WebSettings(
            host: options.host, port: options.port, socketPath: options.data.socket, publicURL: publicURL,
            version: SlipwayVersion.current)
        settings.frontSocketPath = options.web.tls == nil ? nil : options.data.frontSocket
        settings.trustedProxies = options.web.trustedProxies
        settings.allowedHosts = options.web.allowedHosts
        // Connections take descriptors, and so does all else.
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            settings.limits.connections = min(settings.limits.connections, max(64, Int(clamping: limit.rlim_cur / 2)))
        }
        return settings
    }

    /// The secrets with their key. A key that is missing keeps nothing else from working, and is told.
    private func secrets(in store: Store) async throws -> SecretService {
        let secrets = try await SecretService(
            store: store, folder: KeyFolder("\(options.data.path)/keys"),
            environment: ProcessInfo.processInfo.environment)
        // What is started from here on has no use for it.
        for name in [KeyFolder.variable, KeyFolder.previousVariable] { unsetenv(name) }
        for key in try await secrets.missingKeys() { logger.error("\(Vault.missing(keyID: key))") }
        return secrets
    }

    /// Tells where to go, who scripts run as, and at the very first start the password that can't be seen again.
    private func greet(_ access: Access, _ url: String) async throws {
        if let password = try await access.makeFirstAccount() {
            Terminal.print("Sign in as admin with the password \(password) (shown this once).")
        }
        Terminal.print(options.stepUsers.sentence)
        Terminal.print("Slipway \(SlipwayVersion.current) is at \(url), its data in \(options.data.path)")
    }
}

/// A part that works until the server is told to stop; what it was at goes on at the next start.
private struct Work: Service {
    let name: String
    let logger: Logger
    let body: @Sendable () async throws -> Void

    init(_ name: String, _ logger: Logger, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.logger = logger
        self.body = body
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await body()
            } catch is CancellationError {
                // A stop, not a failure.
            }
        }
        logger.debug("stopped", metadata: ["part": "\(name)"])
    }
}
