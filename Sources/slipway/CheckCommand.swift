internal import ArgumentParser
internal import Foundation
internal import Model
internal import Pipeline

/// `slipway check`: what is wrong with a repository's files.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate slipway.yml, compose and rancher-compose files.",
        discussion: """
            Reads the files in DIR and in DIR/deploy and prints what is wrong, one line
            each: file:line:column: error|warning: message. REVISION counts as set;
            other variables are errors unless --set names them. Keys of a stack file that
            the engine can't honour are errors; docs/engines.md lists them all.

            EXAMPLES:
              slipway check
              slipway check services/orders --set DB_HOST=db
              slipway check --engine kubernetes  before a stack moves there
              slipway check --format github      in a GitHub workflow
              slipway check --format json | jq '.findings[].message'

            EXIT STATUS: 0 no errors (warnings are none), 1 errors, 2 wrong usage.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, github }

    @Argument(help: ArgumentHelp("The repository.", valueName: "dir"))
    var directory = "."

    @Option(help: ArgumentHelp("How to print: text, json or github.", valueName: "format"))
    var format = Format.text

    @Option(
        help: ArgumentHelp("What the stack is to run on: docker, swarm or kubernetes.", valueName: "kind"),
        completion: .list(EngineKind.allCases.map(\.rawValue)), transform: CheckCommand.engine)
    var engine = EngineKind.docker

    @Option(name: .customLong("set"), help: ArgumentHelp("A variable that is set. Repeatable.", valueName: "key=value"))
    var variables: [String] = []

    func run() throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw Exit.error("\(directory) is not a folder")
        }
        var values: [String: String] = [:]
        for variable in variables {
            guard let at = variable.firstIndex(of: "="), at != variable.startIndex else {
                throw ValidationError("--set \(variable): it must be like KEY=value")
            }
            values[String(variable[..<at])] = String(variable[variable.index(after: at)...])
        }
        let report = RepositoryCheck.run(.folder(directory), variables: values, engine: engine)
        print(try CheckOutput.render(report, as: format, prefix: directory, colour: Self.isTerminal))
        if report.hasErrors { throw ExitCode(1) }
    }

    private static func engine(_ name: String) throws -> EngineKind {
        guard let kind = EngineKind(rawValue: name) else {
            let names = EngineKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--engine \(name): it must be one of \(names)")
        }
        return kind
    }

    private static var isTerminal: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    private enum Exit {
        static func error(_ message: String) -> any Error {
            FileHandle.standardError.write(Data("slipway check: \(message)\n".utf8))
            return ExitCode(1)
        }
    }
}

extension RepositoryFiles {
    /// The files under a folder of this machine.
    static func folder(_ root: String) -> RepositoryFiles {
        RepositoryFiles(
            text: { path in
                FileManager.default.contents(atPath: "\(root)/\(path)").map { String(decoding: $0, as: UTF8.self) }
            },
            isExecutable: { FileManager.default.isExecutableFile(atPath: "\(root)/\($0)") })
    }
}
