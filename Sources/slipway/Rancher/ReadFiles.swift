import Foundation
import Glibc
import Model
import StackFile

/// The files of an `up`, found and read.
struct ReadFiles {
    /// Name of the stack.
    var stack: String
    var result: StackFileResult
    /// `upgrade_strategy` where all chosen services agree on it.
    var batchSize: Int?
    var interval: Int?

    /// Throws what is missing or wrong, with file, line and key.
    init(_ up: UpArguments, environment: [String: String]) throws {
        let files = FileManager.default
        let finder = StackFileFinder(
            workingDirectory: files.currentDirectoryPath,
            scriptFolder: CallingScript(processes: .machine).folder(from: getppid())
                ?? environment["SLIPWAY_SCRIPT"].map { URL(filePath: $0).deletingLastPathComponent().path },
            exists: { files.fileExists(atPath: $0) })
        let found = try finder.find(up)
        let sources = try (found.composeFiles + (found.rancherFile.map { [$0] } ?? [])).map { path in
            StackFileSource(name: path == "-" ? "standard input" : path, text: try Self.text(of: path))
        }
        var options = StackFileOptions(
            environment: environment, allowUnset: up.allowUnset,
            readFile: { try? String(contentsOfFile: $0, encoding: .utf8) })
        for path in [up.answersFile, up.envFile].compactMap({ $0 }) {
            let values = try Answers.parse(try Self.text(of: path), file: path) { environment[$0] }
            options.answers.merge(values) { _, later in later }
        }
        stack = finder.stackName(up, found)
        options.release.stack = stack
        options.release.environment = up.environment ?? environment["SLIPWAY_ENVIRONMENT"] ?? ""
        // What every environment is, until there are others.
        options.engine = .docker
        // Who says yes to removing everything may do it with a file that names nothing.
        options.allowsNoService = up.prune && (up.yes || up.render || Confirmation(environment: environment).canAsk)
        result = try StackFiles.load(sources, options)
        let strategies = result.upgradeStrategies.filter { up.services.isEmpty || up.services.contains($0.key) }.values
        batchSize = strategies.compactMap(\.batchSize).min()
        interval = strategies.compactMap(\.interval).max()
    }

    private static func text(of path: String) throws -> String {
        let data =
            path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
        guard let data else { throw Failure(.notFound, "\(path) can't be read") }
        return String(decoding: data, as: UTF8.self)
    }
}
