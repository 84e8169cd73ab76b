/// The command lines that scripts were written for, beside `slipway`'s own.
enum RancherDialect: Hashable, Sendable {
    /// `rancher [FLAGS] COMMAND …`, the Rancher CLI 0.6.
    case rancher
    /// `rancher-compose -p PROJECT [FLAGS] COMMAND …`: names are those of one stack's services.
    case compose

    /// Names of the commands that are carried out.
    var commands: [String] { (["up"] + table.flatMap(\.names)).sorted() }

    /// The command of that name, `up` apart.
    func command(_ name: String) -> RancherWord? { table.first { $0.names.contains(name) } }

    private var table: [RancherWord] {
        switch self {
        case .rancher:
            [
                RancherWord("ps"), RancherWord("logs"), RancherWord("exec"), RancherWord("rm"),
                RancherWord("stop", "deactivate"), RancherWord("start", "activate"), RancherWord("restart"),
                RancherWord("scale"), RancherWord("stacks", "stack"), RancherWord("hosts", "host"),
                RancherWord("environments", "environment", "env", takesEnvironment: false),
                RancherWord("volumes", "volume"), RancherWord("inspect"), RancherWord("export"),
                RancherWord("events", "event"), RancherWord("wait"), RancherWord("run"),
            ]
        case .compose:
            ["ps", "logs", "start", "restart", "scale", "rm"].map { RancherWord($0, takesStack: true) } + [
                RancherWord("stop", "down", takesStack: true)
            ]
        }
    }
}

/// A command of the Rancher CLI that one of ours carries out.
struct RancherWord: Hashable, Sendable {
    /// Ours first.
    var names: [String]
    var takesEnvironment: Bool
    /// Whether names without a stack are of the one that was named before the command.
    var takesStack: Bool

    init(_ names: String..., takesEnvironment: Bool = true, takesStack: Bool = false) {
        self.names = names
        self.takesEnvironment = takesEnvironment
        self.takesStack = takesStack
    }

    /// Our command line: `rest` as it was written, behind what the flags before the command said.
    func words(_ rest: [String], _ before: UpArguments, in folder: String) -> [String] {
        var words = Array(names.prefix(1))
        if takesEnvironment, let environment = before.environment { words += ["--environment", environment] }
        if takesStack {
            let finder = StackFileFinder(workingDirectory: folder, scriptFolder: nil) { _ in true }
            words += ["--stack", finder.stackName(before, .init(composeFiles: before.files))]
        }
        return words + (rest.first == "ls" ? rest.dropFirst() : rest[...])
    }
}
