import Engines
import Logging
import Model
import Stacks
import Store
import struct Foundation.Date

/// One seed, played: a server with its database over an engine, an edge and clients in memory, in simulated time.
///
/// Everything happens in one line, so that a seed always plays the same. Time passes while a call is on its way, and
/// what is due then happens in the middle of it: that is how two things come to be done at once.
public actor Run {
    let scenario: Scenario
    let broken: Mutation?
    let clock = WorldClock()
    let engine: SimulatedEngine
    var store: Store?
    var service: StackService?
    var environment = Environment(id: 1, name: "production", aliases: [], socket: "/nowhere.sock")

    /// Nil: names are the engine's alone.
    let names: SimulatedNames?
    var edge = SimulatedEdge()
    var prober = SimulatedProber()
    var vitals: [Vital] = []
    /// Containers that a fault made unhealthy, and until when.
    var sickness: [String: (from: Int, until: Int)] = [:]
    /// Containers that a fault hit.
    var blemished: Set<String> = []
    /// Containers that were hurt when all was over.
    var hurt: Set<String> = []
    /// Containers of which a start may take effect too late.
    var revenants: Set<String> = []
    /// Containers that a broken server has forgotten.
    var left: Set<String> = []
    /// Containers that had sidekicks.
    var units: Set<String> = []
    /// Calls of services between look-up and call, and who has or had which address.
    var nameCalls: [NameCall] = []
    /// Id of the name server's container; nil while it doesn't run.
    var nameServer: String?
    var owners: [String: AddressOwner] = [:]
    var engineIsDownUntil = 0
    /// Time that outages, slow calls and dead servers cost so far.
    var lost = 0
    /// Whether nothing goes wrong any more.
    var isCalm = false

    var weather: SplitMix
    var clients: SplitMix
    var order: SplitMix
    var callers: SplitMix
    var agenda = Agenda()
    var drivers: [ServiceKey: Driver] = [:]
    var tendDue = 0
    var isTending = false
    var convergeDue = 2000
    /// How many jobs of the server are in progress, one inside the other.
    var depth = 0
    /// The service that the innermost job is about.
    var innerKey: ServiceKey?
    var isDead = false
    var isConverging = false
    var isJudging = false
    var isStarting = true
    /// Whether a rollout is overdue, so that there is no use in going on.
    var isHopeless = false
    /// By service: the next change to ask for.
    var upcoming: [Int]
    var isAsking: [Bool]

    var judge = Judge()
    var outcome: Outcome
    var callFaults = 0
    var deaths = 0
    var writes = 0
    /// When something was last changed in the calm, and how many changes there were then.
    var quietSince = 0
    var quietWrites = 0

    /// What is being done for a service's rollouts.
    struct Driver {
        var wake: Int
        /// Whether it has the service for itself.
        var holds = false
        var isRunning = false
    }

    init(_ scenario: Scenario, isTraced: Bool, broken: Mutation?) {
        self.scenario = scenario
        self.broken = broken
        let hosts = (1...scenario.hosts).map { EngineHost(id: "\($0)", name: "host\($0)") }
        engine = SimulatedEngine(hosts: scenario.hosts > 1 ? hosts : [], now: { [clock] in clock.now })
        weather = SplitMix(seed: scenario.seed, stream: 1)
        clients = SplitMix(seed: scenario.seed, stream: 2)
        order = SplitMix(seed: scenario.seed, stream: 3)
        callers = SplitMix(seed: scenario.seed, stream: 4)
        names = scenario.hasNames ? SimulatedNames(clock, isBroken: broken == .keepNames) : nil
        upcoming = scenario.services.map { _ in 0 }
        isAsking = scenario.services.map { _ in false }
        outcome = Outcome(seed: scenario.seed, trace: Trace(isKept: isTraced))
    }

    /// Plays a scenario to its end.
    ///
    /// - Parameters:
    ///   - stage: the database to play on; a new one when nil.
    ///   - isTraced: whether the lines of the trace are wanted.
    ///   - broken: how the server is broken.
    public static func play(
        _ scenario: Scenario, on stage: Stage? = nil, isTraced: Bool = false, broken: Mutation? = nil
    ) async throws -> Outcome {
        let stage = try stage ?? Stage()
        let run = Run(scenario, isTraced: isTraced, broken: broken)
        return try await stage.use { store in
            try await run.play(store)
        } beforeAccess: { isWrite in
            try await run.access(isWrite)
        }
    }

    // MARK: The server

    /// A new server on what is recorded.
    func makeService() -> StackService? {
        guard let store else { return nil }
        prober = SimulatedProber()
        let faulty = FaultyEngine(real: engine, world: self)
        return StackService(
            store: store, engineFor: { _ in faulty }, instance: "simulated",
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
            surroundings: Surroundings(
                now: { [clock] in clock.now }, edge: EdgeOfWorld(world: self),
                prober: { [self] _ in ProberOfWorld(world: self) }, isPortFree: { _, _ in true },
                decide: { [broken] rollout, seen, now in
                    broken?.decide(rollout, seen, now) ?? nextStep(of: rollout, given: seen, now: now)
                }, names: names, actsInTurn: true))
    }

    func key(_ index: Int) -> ServiceKey {
        ServiceKey(
            environmentID: environment.id, stack: scenario.services[index].stack, service: scenario.services[index].name
        )
    }

    /// Adds to the trace.
    func note(_ text: @autoclosure () -> String) { outcome.trace.add(clock.time, depth, text()) }

    func count(_ fault: FaultKind) { outcome.faults[fault, default: 0] += 1 }

    func object(_ rule: String, _ text: String) {
        judge.object(clock.time, rule, text)
        note("VIOLATION \(rule): \(text)")
    }
}
