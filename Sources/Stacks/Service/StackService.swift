public import Engines
import Foundation
import GRDB
public import Logging
public import Model
public import Store

/// Stacks: what shall run in which environment, and the loop that makes it so.
///
/// Everything that matters is in the database; dropping this object at any point and making a new one changes nothing.
public actor StackService {
    /// The tables that this target owns.
    public static let migrations: [Migration] = [
        StackTables.migration, StackTables.answers, StackTables.scriptsUseEngine, StackTables.parts,
        KeptAddress.migration, StackTables.notes, StackTables.sharedAddresses,
    ]

    let store: Store
    let engineFor: @Sendable (Environment) throws -> any Engine
    let edge: (any LoadBalancer)?
    let instance: String
    let logger: Logger
    let prober: any HealthProbing
    let secrets: SecretSource
    /// The time of day.
    let now: @Sendable () -> Date
    let isPortFree: @Sendable (Int, String?) -> Bool
    let decide: @Sendable (Rollout, RolloutObservation, Date) -> RolloutStep
    let actsInTurn: Bool
    /// Fires whenever a loop should look again.
    let signal: Signal
    /// Services that a task of ours is changing now.
    var busy: Set<ServiceKey> = []
    /// How often work at a service began or ended: what was seen before another task's work says nothing after it.
    var shifts: [ServiceKey: Int] = [:]
    /// Environments that a task of ours is looking after now, and when each was last looked at.
    var tending: Set<Int64> = []
    var tendedAt: [Int64: ContinuousClock.Instant] = [:]
    var watched: Set<Int64> = []
    /// What was seen last, so that pages hear of changes only.
    var lastSeen: [Int64: Set<String>] = [:]
    /// When each container that drains was first seen to.
    var drainSeen: [String: Date] = [:]
    /// What each rollout waits for, as noted last.
    var noted: [Int64: String] = [:]
    var lastEdge = EdgeState()
    /// Certificates of load balancers.
    let certificates: Certificates
    /// Nil: names are the engine's alone.
    let names: NamePublisher?
    var naming = NameMemory()
    /// What containers used of their machines in the last hour.
    let usageBook = UsageBook()

    /// - Parameters:
    ///   - engineFor: what runs the containers of an environment.
    ///   - edgeDirectory: where the load balancer's files are; nil means that containers publish their own ports.
    ///   - instance: tells this data directory's containers from those of another Slipway on the same engine.
    ///   - haproxy: the program.
    ///   - secrets: where services get theirs from.
    ///   - names: what name servers stand on; nil means that names are the engine's alone.
    ///   - keeper: our own program, whose `keep-edge` starts HAProxy again when it dies; nil where nobody does.
    public init(
        store: Store, engineFor: @escaping @Sendable (Environment) throws -> any Engine, edgeDirectory: String?,
        instance: String = "slipway", haproxy: String = "haproxy", keeper: String? = nil,
        secrets: SecretSource = .none, names: NameSettings? = nil, logger: Logger
    ) {
        let edge = edgeDirectory.map { Edge(directory: $0, program: haproxy, keeper: keeper, logger: logger) }
        self.init(
            store: store, engineFor: engineFor, instance: instance, logger: logger,
            surroundings: Surroundings(edge: edge, secrets: secrets, names: names))
    }

    /// One that stands on what `surroundings` brings.
    package init(
        store: Store, engineFor: @escaping @Sendable (Environment) throws -> any Engine, instance: String,
        logger: Logger, surroundings: Surroundings
    ) {
        self.store = store
        self.engineFor = engineFor
        self.instance = instance
        self.logger = logger
        let signal = Signal()
        self.signal = signal
        edge = surroundings.edge
        certificates = Certificates(
            store: store, secrets: surroundings.secrets, folder: surroundings.edge?.certificateFolder)
        prober = surroundings.prober { signal.fire() }
        now = surroundings.now
        secrets = surroundings.secrets
        names = surroundings.names.map { NamePublisher($0) }
        isPortFree = surroundings.isPortFree
        decide = surroundings.decide
        actsInTurn = surroundings.actsInTurn
    }

    /// Ends the load balancer, which else outlives the server: for a demo or a test that leaves nothing behind.
    public func stopEdge() async {
        await edge?.stop()
    }

    /// Takes the service for one task; false when another has it already.
    package func claim(_ key: ServiceKey) -> Bool {
        guard busy.insert(key).inserted else { return false }
        shifts[key, default: 0] += 1
        return true
    }

    /// Gives back what ``claim(_:)`` took.
    package func release(_ key: ServiceKey) {
        busy.remove(key)
        shifts[key, default: 0] += 1
    }

    // MARK: Environments

    /// All environments, by name.
    public func environments() async throws -> [Environment] {
        try await store.read { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM environment ORDER BY name")).map { row in
                Environment(
                    id: row["id"], name: row["name"], aliases: try JSONText.decode(row["aliases"]),
                    socket: row["socket"], scriptsUseEngine: row["scriptsUseEngine"])
            }
        }
    }

    /// Adds an environment. Throws `.invalid` for a name that can't be one, `.conflict` for one that is taken.
    @discardableResult
    public func addEnvironment(name: String, aliases: [String] = [], socket: String) async throws -> Environment {
        guard isUsableName(name) else {
            throw Failure(
                .invalid, "\(name.isEmpty ? "An empty text" : name) can't be an environment's name",
                hint: "Use letters, digits, `-`, `_` and `.`, at most 63.")
        }
        for other in try await environments() {
            let taken = Set([other.name] + other.aliases).intersection([name] + aliases)
            guard let one = taken.sorted().first else { continue }
            throw Failure(.conflict, "\(one) is already a name of the environment \(other.name)")
        }
        return try await store.write { db in
            try db.execute(
                sql: "INSERT INTO environment (name, aliases, socket) VALUES (?, ?, ?)",
                arguments: [name, try JSONText.encode(aliases), socket])
            let id = db.lastInsertedRowID
            try Store.log("environment/\(id)", "added", in: db)
            return Environment(id: id, name: name, aliases: aliases, socket: socket)
        }
    }

    /// Lets deploy scripts in the environment use the engine's socket, or no longer.
    public func setScriptsUseEngine(_ use: Bool, in environment: Environment) async throws -> Environment {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE environment SET scriptsUseEngine = ? WHERE id = ?", arguments: [use, environment.id])
            try Store.log("environment/\(environment.id)", use ? "engineGranted" : "engineRevoked", in: db)
        }
        return try await self.environment(environment.id)
    }

    /// The environment of that name or alias. Throws `.notFound`, listing those that there are.
    public func environment(named name: String) async throws -> Environment {
        let all = try await environments()
        if let found = all.first(where: { $0.name == name }) ?? all.first(where: { $0.aliases.contains(name) }) {
            return found
        }
        let names = all.map { $0.aliases.isEmpty ? $0.name : "\($0.name) (\($0.aliases.joined(separator: ", ")))" }
        throw Failure(
            .notFound, "There is no environment \(name)",
            hint: names.isEmpty ? "None was added yet." : "Environments: \(names.joined(separator: ", ")).")
    }

    /// The environment of that id, for rows that name it. Throws `.notFound`.
    public func environment(_ id: Int64) async throws -> Environment {
        guard let found = try await environments().first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no environment \(id)")
        }
        return found
    }

    /// What the environment's engine says of itself. Throws `.unavailable` when it doesn't answer.
    public func engineInfo(in environment: Environment) async throws -> EngineInfo {
        try await engineFor(environment).info()
    }

    /// Output of a container, the environment's secrets masked. Throws `.notFound` for one that isn't of this environment.
    public func logs(
        container id: String, in environment: Environment, follow: Bool = false, tail: Int? = nil,
        timestamps: Bool = false
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let engine = try engineFor(environment)
        let ours = try await engine.containers(labels: labels(of: environment))
        guard let container = ours.first(where: { $0.id == id || $0.name == id }) else {
            throw Failure(.notFound, "There is no container \(id) in \(environment.name)")
        }
        let masker = Masker(secrets: try await secrets.values(environment))
        let output = try await engine.logs(container.id, follow: follow, tail: tail, timestamps: timestamps)
        return output.masked(by: masker)
    }

    func labels(of environment: Environment) -> [String: String] {
        [Label.instance: instance, Label.environment: environment.name]
    }
}
