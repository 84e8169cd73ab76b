import Client
import Foundation
import Glibc
import Model
import StackFile
import Stacks

/// `up` as the Rancher CLI has it, under the names `slipway`, `rancher` and `rancher-compose`: reads the files here, asks
/// the server to bring the services up, and returns when their rollouts have settled.
struct RancherCommand {
    let calledAs: String
    let arguments: [String]
    private let environment = ProcessInfo.processInfo.environment

    init(calledAs: String, arguments: [String]) {
        self.calledAs = calledAs
        self.arguments = arguments
    }

    func run() async throws {
        let parsed =
            calledAs == "rancher"
            ? try RancherArguments.parse(arguments, environment: environment)
            : try RancherArguments.parseUp(
                arguments.first == "up" ? Array(arguments.dropFirst()) : arguments, environment: environment)
        for warning in parsed.warnings { Terminal.error("\(calledAs): \(warning)") }
        switch parsed.command {
        case .help: return Terminal.print(UpHelp.text(calledAs: calledAs))
        case .version: return Terminal.print("\(calledAs) (slipway \(SlipwayVersion.current))")
        case .up(let up): try await bringUp(up)
        }
    }

    private func bringUp(_ up: UpArguments) async throws {
        let files = try StackFiles.read(up, environment: environment)
        for warning in files.result.warnings { Terminal.error(warning.description) }
        if up.render {
            for finding in files.result.notCarriedOut { Terminal.error(finding.description) }
            return try printJSON(files.result.spec)
        }
        if let first = files.result.notCarriedOut.first {
            throw Failure(.invalid, first.description, findings: files.result.notCarriedOut)
        }
        let client = SlipwayClientFactory(environment: environment)
        let server = try client.connect { Terminal.error("\(calledAs): \($0)") }
        let name = up.environment ?? environment["SLIPWAY_ENVIRONMENT"] ?? "production"
        let request = UpRequest(
            stack: files.stack, spec: files.result.spec, services: up.services, upgrade: up.upgrade || up.forceUpgrade,
            forceUpgrade: up.forceUpgrade, rollback: up.rollback, confirmUpgrade: up.confirmUpgrade, prune: up.prune,
            batchSize: up.batchSize ?? files.batchSize, interval: up.interval ?? files.interval,
            deployID: environment["SLIPWAY_DEPLOY_ID"].flatMap(Int64.init),
            revision: environment["REVISION"].flatMap(SHA.init))
        let outcomes: [ServiceOutcome] = try await server.post(
            "/environments/\(segment(name))/stacks/\(segment(files.stack))/up", request)
        if up.json { try printJSON(outcomes) }
        for outcome in outcomes where !up.json { Terminal.print("[\(outcome.service)]: \(outcome.message)") }
        let rollouts = outcomes.compactMap(\.rolloutID)
        try await RolloutFollower(client: server, isQuiet: up.json).follow(rollouts)
    }
}

/// How `up` finds the server: the deploy's own variables, or the socket in the data directory.
private struct SlipwayClientFactory {
    let environment: [String: String]

    func connect(_ announce: @escaping @Sendable (String) -> Void) throws -> SlipwayClient {
        try SlipwayClient(
            ClientSettings.discover(environment: environment, dataDirectory: DataDirectory.standard), announce: announce
        )
    }
}

/// The files of an `up`, read.
private struct ReadFiles {
    var stack: String
    var result: StackFileResult
    /// `upgrade_strategy` where all chosen services agree on it.
    var batchSize: Int?
    var interval: Int?
}

extension StackFiles {
    fileprivate static func read(_ up: UpArguments, environment: [String: String]) throws -> ReadFiles {
        let files = FileManager.default
        let finder = StackFileFinder(
            workingDirectory: files.currentDirectoryPath,
            scriptFolder: CallingScript(processes: .machine).folder(from: getppid())
                ?? environment["SLIPWAY_SCRIPT"].map { URL(filePath: $0).deletingLastPathComponent().path },
            exists: { files.fileExists(atPath: $0) })
        let found = try finder.find(up)
        let sources = try (found.composeFiles + (found.rancherFile.map { [$0] } ?? [])).map { path in
            StackFileSource(name: path == "-" ? "standard input" : path, text: try text(of: path))
        }
        var options = StackFileOptions(
            environment: environment, allowUnset: up.allowUnset,
            readFile: { try? String(contentsOfFile: $0, encoding: .utf8) })
        for path in [up.answersFile, up.envFile].compactMap({ $0 }) {
            let values = try Answers.parse(try text(of: path), file: path) { environment[$0] }
            options.answers.merge(values) { _, later in later }
        }
        options.release.stack = finder.stackName(up, found)
        options.release.environment = up.environment ?? environment["SLIPWAY_ENVIRONMENT"] ?? ""
        // What every environment is, until there are others.
        options.engine = .docker
        let result = try StackFiles.load(sources, options)
        let strategies = result.upgradeStrategies.filter { up.services.isEmpty || up.services.contains($0.key) }.values
        return ReadFiles(
            stack: finder.stackName(up, found), result: result, batchSize: strategies.compactMap(\.batchSize).min(),
            interval: strategies.compactMap(\.interval).max())
    }

    private static func text(of path: String) throws -> String {
        let data =
            path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
        guard let data else { throw Failure(.notFound, "\(path) can't be read") }
        return String(decoding: data, as: UTF8.self)
    }
}
