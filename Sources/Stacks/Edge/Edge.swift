import Foundation
import Logging
import Model
import Supervisor

/// The load balancer that holds the TCP ports of all services: HAProxy, told over its master's socket, so that an
/// upgrade drops no request. It outlives the server, and comes back by itself when it dies.
actor Edge: LoadBalancer {
    private let process: EdgeProcess
    private let master: EdgeMaster
    private let program: String
    private let logger: Logger
    /// The structure that HAProxy was last asked about, and why it doesn't take it; nil: it does.
    private var judged: (structure: String, problem: String?)?
    /// How often it was begun to make HAProxy what is wished, and what the last time to end well came to.
    private var runs = 0
    private var last: (run: Int, state: EdgeState)?
    private let turns = Turns<String>()
    /// Why ports can't be had, as the log knows it.
    private var told: [String: String] = [:]

    /// - Parameter keeper: The program that keeps HAProxy running; nil where nobody does.
    init(directory: String, program: String, keeper: String? = nil, logger: Logger) {
        process = EdgeProcess(directory: directory, program: program, keeper: keeper)
        master = EdgeMaster(socket: process.socket)
        self.program = program
        self.logger = logger
    }

    /// Makes HAProxy what `load` says, and returns what it then says of itself. Calls take turns, and each loads
    /// anew, so that an older wish never undoes a newer one. Those that wait together are served together.
    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        let before = runs
        return try await turns.alone(at: process.directory) {
            // It loaded after this was called: what was wished here was in it.
            if let last, last.run > before { return last.state }
            runs += 1
            let state = try await makeSo(load)
            last = (runs, state)
            return state
        }
    }

    private func makeSo(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        let wished = try await load().withTunnels()
        if wished.services.isEmpty, !process.isRunning { return EdgeState() }
        try FileManager.default.createDirectory(atPath: process.directory, withIntermediateDirectories: true)
        var workers = await workers()
        let (desired, refused) = try await readable(wished, EdgeState(workers))
        // Before anything is told, so that one that starts now starts with it.
        try write(desired.text())
        for _ in 0..<3 {
            guard try await carryOut(desired, workers) else { break }
            workers = await self.workers()
        }
        if !process.isKept, !desired.services.isEmpty { try process.start() }
        removeCertificates(but: desired)
        var state = EdgeState(workers)?.foldingTunnels() ?? EdgeState()
        state.refused = refused
        tell(refused)
        return state
    }

    /// Says what can't be had when it begins, and that it can when it is over: a rollout tells it too, a repair doesn't.
    private func tell(_ refused: [String: String]) {
        guard refused != told else { return }
        for (port, reason) in refused.sorted(by: { $0.key < $1.key }) where told[port] != reason {
            logger.warning("the edge can't have a port", metadata: ["port": "\(port)", "reason": "\(reason)"])
        }
        for port in told.keys.filter({ refused[$0] == nil }).sorted() {
            logger.info("the edge can have a port again", metadata: ["port": "\(port)"])
        }
        told = refused
    }

    /// Ends HAProxy; open connections are cut.
    func stop() async {
        await process.stop()
    }

    /// Throws `.invalid` where HAProxy would not take a configuration.
    func check(_ configuration: EdgeConfiguration) async throws {
        if let problem = try await problem(of: configuration.withTunnels()) { throw problem }
    }

    nonisolated var certificateFolder: String? { "\(process.directory)/certificates" }

    // MARK: What can be had

    /// What is wished without what can't be had, and why not. HAProxy looks at the ports of load balancers before they
    /// are written: a line that it doesn't take would keep everything else from it too.
    private func readable(
        _ wished: EdgeConfiguration, _ actual: EdgeState?
    ) async throws -> (EdgeConfiguration, [String: String]) {
        var refused = refusals(wished, actual).merging(wished.certificateRefusals) { first, _ in first }
        var desired = wished.without(ports: refused).0
        desired.certificateFolder = EdgeChecker.folder(process.directory)
        if !desired.fronts.isEmpty, actual?.structure != desired.structure {
            let structure = desired.structure
            if judged?.structure != structure {
                judged = (structure, try await problem(of: desired).map { $0.cause ?? $0.message })
            }
            if let reason = judged?.problem {
                for front in desired.fronts where front.isOwn || desired.hasOwnLines(front) {
                    refused[front.name] = reason
                }
                desired = wished.without(ports: refused).0
                desired.certificateFolder = EdgeChecker.folder(process.directory)
            }
        }
        try EdgeChecker.writeCertificates(of: desired, in: process.directory)
        return (desired, refused)
    }

    private func problem(of configuration: EdgeConfiguration) async throws -> Failure? {
        guard !configuration.fronts.isEmpty else { return nil }
        return try await EdgeChecker(directory: process.directory, program: program).problem(of: configuration)
    }

    /// Keys that nothing uses any more.
    private func removeCertificates(but desired: EdgeConfiguration) {
        let folder = EdgeChecker.folder(process.directory)
        let used = Set(desired.fronts.flatMap(\.certificates).map(\.file))
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !used.contains(file) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
    }

    // MARK: Acts

    /// Does what is to be done now; returns whether it was anything.
    private func carryOut(_ desired: EdgeConfiguration, _ workers: [EdgeWorker]) async throws -> Bool {
        let leading = EdgeState(workers)
        let actions = edgeActions(desired: desired, actual: leading)
        var hasActed = !actions.isEmpty
        for action in actions {
            switch action {
            case .start: try await start(desired)
            case .stop: await process.stop()
            case .reload:
                logger.info("edge reloaded")
                try await master.reload()
                try await awaitStructure(desired)
            case .tell, .remove:
                guard let pid = (workers.first(where: \.isCurrent) ?? workers.last)?.pid else { continue }
                try await tell(action, worker: pid)
            }
        }
        for worker in workers where !worker.isCurrent && workers.contains(where: \.isCurrent) {
            let known = desired.services.filter { worker.state.services.contains($0.name) }
            for action in serverActions(desired: known, actual: worker.state) {
                hasActed = true
                // It may end at any moment, with its last connection.
                try? await tell(action, worker: worker.pid)
            }
        }
        return hasActed
    }

    private func start(_ desired: EdgeConfiguration) async throws {
        // One that runs but doesn't answer is given the time to; then it is replaced.
        if process.isRunning {
            if try await isUp(desired, within: .seconds(10)) { return }
            if await !workers().isEmpty { return }
            logger.warning("edge does not answer and is replaced")
            await process.replace()
        }
        try process.start()
        logger.info("edge started")
        try await awaitStructure(desired)
    }

    private func tell(_ action: EdgeAction, worker: Int32) async throws {
        switch action {
        case .tell(let lines):
            for line in lines { try expectSilence(try await master.tell(line, worker: worker), line) }
        case .remove(let lines):
            for line in lines { _ = try await master.tell(line, worker: worker) }
        case .start, .stop, .reload: break
        }
    }

    private func awaitStructure(_ desired: EdgeConfiguration) async throws {
        guard try await !isUp(desired, within: .seconds(10)) else { return }
        throw Failure(
            .unavailable, "The edge (HAProxy) doesn't take its new configuration \(process.configurationPath)",
            hint: "Is one of its ports held by another program? See \(process.logPath).", cause: lastAlert)
    }

    private func isUp(_ desired: EdgeConfiguration, within time: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + time
        repeat {
            if await workers().first(where: \.isCurrent)?.state.structure == desired.structure { return true }
            guard process.isRunning || process.isKept else { return false }
            try await Task.sleep(for: .milliseconds(30))
        } while ContinuousClock.now < deadline
        return false
    }

    private func expectSilence(_ answer: String, _ line: String) throws {
        let text = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        let isFine = text.isEmpty || text.contains("registered") || text.contains("Already exists")
        guard !isFine, !text.contains("already exists") else { return }
        throw Failure(.unavailable, "The edge refused `\(line)`", cause: text)
    }

    // MARK: What is there

    /// Empty when HAProxy doesn't run, or doesn't answer.
    private func workers() async -> [EdgeWorker] {
        guard process.isRunning else { return [] }
        return (try? await master.workers()) ?? []
    }

    /// Ports that are to come and that another program holds; with one of them HAProxy would not read the others.
    private func refusals(_ wished: EdgeConfiguration, _ actual: EdgeState?) -> [String: String] {
        guard let actual, actual.structure != wished.structure else { return [:] }
        var found: [String: String] = [:]
        for port in wished.ports where !actual.services.contains(port.name) {
            guard !PortProbe.isFree(port.number, address: port.address) else { continue }
            let holder = ListeningSocket.holder(ofPort: port.number)
            // An address of a port that is already ours in another way comes over with the reload.
            if let holder, holder.program == "haproxy", process.owns(holder.pid) { continue }
            found[port.name] = PortProbe.sentence(port.number, holder)
        }
        return found
    }

    /// Complete or not at all, and only where something changed.
    private func write(_ text: String) throws {
        let (data, path) = (Data(text.utf8), process.configurationPath)
        if FileManager.default.contents(atPath: path) == data { return }
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Failure(
                .unavailable, "\(path) can't be written", hint: "Is the disk full?", cause: error.localizedDescription)
        }
    }

    private var lastAlert: String? {
        let log = FileManager.default.contents(atPath: process.logPath).map { $0.suffix(8192) }
        return log.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n").last { $0.contains("ALERT") } }
            .map { String($0).replacing(#/^\[ALERT\]\s*\(\d+\) : /#, with: "") }
    }
}
