import Client
import Foundation
import Model
import StackFile
import Stacks

/// `up` as the Rancher CLI has it, under the names `slipway`, `rancher` and `rancher-compose`: reads the files here, asks
/// the server to bring the services up, and returns when their rollouts have settled. What else scripts call by
/// Rancher's names is handed to our own commands.
struct RancherCommand {
    /// Bringing images here again takes as long as it takes.
    private static let patience = Duration.seconds(600)

    let calledAs: String
    let arguments: [String]
    private let environment = ProcessInfo.processInfo.environment

    init(calledAs: String, arguments: [String]) {
        self.calledAs = calledAs
        self.arguments = arguments
    }

    func run() async throws {
        let parsed = try parse()
        for warning in parsed.warnings { say(warning) }
        switch parsed.command {
        case .help: return Terminal.print(UpHelp.text(calledAs: calledAs))
        case .version: return Terminal.print("\(calledAs) (slipway \(SlipwayVersion.current))")
        case .other(let words): try await Slipway.carryOut(words)
        case .up(let up): try await bringUp(up)
        }
    }

    private func parse() throws -> RancherArguments {
        let folder = FileManager.default.currentDirectoryPath
        switch calledAs {
        case "rancher": return try .parse(arguments, environment: environment, in: folder)
        case "rancher-compose": return try .parse(arguments, as: .compose, environment: environment, in: folder)
        default:
            let rest = arguments.first == "up" ? Array(arguments.dropFirst()) : arguments
            return try .parseUp(rest, environment: environment)
        }
    }

    private func bringUp(_ up: UpArguments) async throws {
        let confirmation = Confirmation(isGiven: up.yes, environment: environment)
        if up.prune, !up.render {
            try confirmation.requireWay(
                to: "--prune removes services that the files don't name",
                hint: "Add --yes to remove them; `up --prune --render` shows which those are.")
        }
        let files = try ReadFiles(up, environment: environment)
        for warning in files.result.warnings { Terminal.error(warning.description) }
        if up.render { return try await render(up, files) }
        if let first = files.result.notCarriedOut.first {
            throw Failure(.invalid, first.description, findings: files.result.notCarriedOut)
        }
        let server = try connect()
        let request = request(up, files)
        if up.prune, !up.yes {
            let removed = try await plan(request, up, server).removed
            try confirmation.ask(
                "These services of \(files.stack) are not in the files, and will be removed with their containers:",
                removed)
        }
        let outcomes: [ServiceOutcome] = try await server.post(path(up, files, "up"), request, timeout: Self.patience)
        if up.json { try printJSON(outcomes) }
        for outcome in outcomes where !up.json { Terminal.print("[\(outcome.service)]: \(outcome.message)") }
        try await RolloutFollower(client: server, isQuiet: up.json).follow(outcomes.compactMap(\.rolloutID))
    }

    /// Prints what the files resolve to and, where a server answers, what would change. JSON is of the files alone, and
    /// asks nobody.
    private func render(_ up: UpArguments, _ files: ReadFiles) async throws {
        for finding in files.result.notCarriedOut { Terminal.error(finding.description) }
        if up.json { return try printJSON(files.result.spec) }
        let text = ComposeText(files.result.spec)
        for key in text.lost { say("not shown: \(key)") }
        Terminal.print(text.text)
        guard files.result.notCarriedOut.isEmpty else { return }
        let plan: StackPlan
        do {
            let server = try SlipwayClient(
                ClientSettings.discover(environment: environment, dataDirectory: DataDirectory.standard),
                patience: .zero)
            plan = try await self.plan(request(up, files), up, server)
        } catch let failure as Failure where failure.code == .unavailable {
            return say("what would change can't be told: \(failure.message)")
        }
        Terminal.print(StackPlanText(plan).text)
    }

    private func plan(_ request: UpRequest, _ up: UpArguments, _ server: SlipwayClient) async throws -> StackPlan {
        try await server.post("\(base(up))/stacks/\(segment(request.stack))/plan", request)
    }

    private func request(_ up: UpArguments, _ files: ReadFiles) -> UpRequest {
        var request = UpRequest(
            stack: files.stack, spec: files.result.spec, services: up.services, upgrade: up.upgrade || up.forceUpgrade,
            forceUpgrade: up.forceUpgrade, rollback: up.rollback, confirmUpgrade: up.confirmUpgrade, prune: up.prune,
            batchSize: up.batchSize ?? files.batchSize, interval: up.interval ?? files.interval,
            deployID: environment["SLIPWAY_DEPLOY_ID"].flatMap(Int64.init),
            revision: environment["REVISION"].flatMap(SHA.init))
        (request.pull, request.description) = (up.pull ? true : nil, up.description)
        return request
    }

    private func base(_ up: UpArguments) -> String {
        "/environments/\(segment(up.environment ?? PlaceOption.standard(in: environment)))"
    }

    private func path(_ up: UpArguments, _ files: ReadFiles, _ action: String) -> String {
        "\(base(up))/stacks/\(segment(files.stack))/\(action)"
    }

    /// The server that the deploy's own variables name, or the one of the data directory.
    private func connect() throws -> SlipwayClient {
        let settings = try ClientSettings.discover(environment: environment, dataDirectory: DataDirectory.standard)
        return try SlipwayClient(settings) { say($0) }
    }

    private func say(_ text: String) { Terminal.error("\(calledAs): \(text)") }
}
