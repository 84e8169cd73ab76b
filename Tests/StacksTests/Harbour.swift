import Engines
import Foundation
import Logging
import Model
import Store

@testable import Stacks

/// A StackService over a simulated engine and a database of its own. `restart` drops the service, as a server that
/// dies does, and makes a new one on what is recorded.
actor Harbour {
    let engine: any Engine
    let store: Store
    let environment: Environment
    let edgeDirectory: String?
    let instance: String
    let secrets: SecretSource
    let names: NameSettings?
    private(set) var service: StackService
    private var work: Task<Void, any Error>?

    init(
        engine: any Engine, edgeDirectory: String? = nil, instance: String = "test", secrets: SecretSource = .none,
        names: NameSettings? = nil
    ) async throws {
        self.engine = engine
        self.edgeDirectory = edgeDirectory
        self.instance = instance
        self.secrets = secrets
        self.names = names
        store = try Store(path: nil, migrations: StackService.migrations)
        service = Self.make(engine, store, edgeDirectory, instance, secrets, names)
        environment = try await service.addEnvironment(
            name: "production", aliases: ["MyEnvironment"], socket: "/nowhere.sock")
        start()
    }

    private static func make(
        _ engine: any Engine, _ store: Store, _ edgeDirectory: String?, _ instance: String,
        _ secrets: SecretSource, _ names: NameSettings?
    ) -> StackService {
        var logger = Logger(label: "test")
        logger.logLevel = ProcessInfo.processInfo.environment["SLIPWAY_TEST_LOG"] == nil ? .critical : .debug
        return StackService(
            store: store, engineFor: { _ in engine }, edgeDirectory: edgeDirectory, instance: instance,
            secrets: secrets, names: names, logger: logger)
    }

    func start() {
        let service = service
        work = Task { try await service.run() }
    }

    func stop() async {
        work?.cancel()
        _ = await work?.result
        work = nil
    }

    func restart() async {
        await stop()
        service = Self.make(engine, store, edgeDirectory, instance, secrets, names)
        start()
    }

    func up(
        _ specs: [ServiceSpec], stack: String = "shop", upgrade: Bool = false, force: Bool = false,
        rollback: Bool = false, prune: Bool = false, batch: Int = 1, options: RolloutOptions? = nil,
        deploy: Int64? = nil, key: String? = nil
    ) async throws -> [ServiceOutcome] {
        try await service.up(
            UpRequest(
                stack: stack, spec: StackSpec(services: specs), upgrade: upgrade, forceUpgrade: force,
                rollback: rollback, prune: prune, batchSize: batch,
                options: options ?? RolloutOptions(settle: 20, deadline: 20_000, drain: 1000), deployID: deploy),
            in: environment, key: key, pin: { _ in nil })
    }

    /// Waits for the end of a rollout.
    func settled(_ id: Int64?) async throws -> Rollout {
        let id = id ?? 0
        let wakeups = store.events.wakeups()
        var rollout = try await service.rollout(id)
        if rollout.state.isFinal { return rollout }
        for await _ in wakeups {
            rollout = try await service.rollout(id)
            if rollout.state.isFinal { break }
        }
        return rollout
    }

    /// `up` of one service, to its end.
    func deploy(_ spec: ServiceSpec, options: RolloutOptions? = nil) async throws -> Rollout {
        let outcome = try await up([spec], upgrade: true, options: options).first
        return try await settled(outcome?.rolloutID)
    }

    /// Waits until the world is as `condition` says; not all that it may ask for is told by the event log.
    func until(_ condition: @Sendable (StackService) async throws -> Bool) async throws {
        while try await !condition(service) { try await Task.sleep(for: .milliseconds(5)) }
    }

    func containers(_ service: String = "orders") async throws -> [ContainerView] {
        try await self.service.stacks(in: environment).flatMap(\.services).first { $0.name == service }?.containers
            ?? []
    }
}
