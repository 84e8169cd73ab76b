/// One flag of the Rancher CLI's grammar.
struct UpFlag: Sendable {
    enum Effect: Sendable {
        case switches(@Sendable (inout UpArguments, Bool) -> Void)
        case takes(@Sendable (inout UpArguments, String) -> String?)
        /// Accepted, and said to be without effect.
        case ignored(takesValue: Bool)
        /// Accepted without a word.
        case silent
        case help
        case version
    }

    /// Without dashes; the first is the one that lists show.
    let names: [String]
    let effect: Effect

    var takesValue: Bool {
        switch effect {
        case .takes, .ignored(takesValue: true): true
        default: false
        }
    }
}

/// The flags, before and after the word `up` (Rancher CLI 0.6). A new flag is a line here.
enum UpFlags {
    /// Valid everywhere; a letter of `up` wins after the word `up`.
    static let global: [UpFlag] = [
        text("environment", "env") { $0.environment = $1 },
        UpFlag(names: ["debug"], effect: .silent),
        UpFlag(names: ["config", "c"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["url"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["access-key"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["secret-key"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["host"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["wait", "w"], effect: .silent),
        UpFlag(names: ["wait-timeout"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["wait-state"], effect: .ignored(takesValue: true)),
        UpFlag(names: ["help", "h"], effect: .help),
        UpFlag(names: ["version", "v"], effect: .version),
    ]

    /// Before the word `up`, letters mean to rancher-compose what they mean to docker-compose.
    static let compose: [UpFlag] = [
        text("project-name", "p") { $0.stack = $1 },
        text("rancher-file", "r") { $0.rancherFile = $1 },
        UpFlag(names: ["verbose"], effect: .silent),
        UpFlag(names: ["bindings-file", "b"], effect: .ignored(takesValue: true)),
    ]

    static let up: [UpFlag] = [
        text("file", "f") { $0.files += $1.split(separator: ":").map(String.init) },
        text("rancher-file") { $0.rancherFile = $1 },
        text("env-file", "e") { $0.envFile = $1 },
        text("answers") { $0.answersFile = $1 },
        text("stack", "s", "project-name") { $0.stack = $1 },
        flag("upgrade", "u", "recreate") { $0.upgrade = $1 },
        flag("force-upgrade", "force-recreate") { $0.forceUpgrade = $1 },
        flag("confirm-upgrade", "c") { $0.confirmUpgrade = $1 },
        flag("rollback", "r") { $0.rollback = $1 },
        number("batch-size") { $0.batchSize = max(1, $1) },
        number("interval") { $0.interval = $1 },
        flag("pull", "p") { $0.pull = $1 },
        flag("prune") { $0.prune = $1 },
        flag("yes", "y") { $0.yes = $1 },
        flag("render") { $0.render = $1 },
        free("description") { $0.description = $1 },
        flag("d", "detach") { $0.detach = $1 },
        flag("allow-unset") { $0.allowUnset = $1 },
        flag("json") { $0.json = $1 },
    ]

    /// `--file, -f`: for lists of what is valid.
    static var shown: [String] {
        (up + global).map { flag in flag.names.prefix(1).map { $0.count == 1 ? "-\($0)" : "--\($0)" }.joined() }
    }

    private static func flag(_ names: String..., set: @escaping @Sendable (inout UpArguments, Bool) -> Void) -> UpFlag {
        UpFlag(names: names, effect: .switches(set))
    }

    /// A text that may be empty.
    private static func free(
        _ name: String, set: @escaping @Sendable (inout UpArguments, String) -> Void
    ) -> UpFlag {
        UpFlag(
            names: [name],
            effect: .takes { arguments, value in
                set(&arguments, value)
                return nil
            })
    }

    private static func text(
        _ names: String..., set: @escaping @Sendable (inout UpArguments, String) -> Void
    ) -> UpFlag {
        UpFlag(
            names: names,
            effect: .takes { arguments, value in
                guard !value.isEmpty else { return "it must not be empty" }
                set(&arguments, value)
                return nil
            })
    }

    private static func number(
        _ name: String, set: @escaping @Sendable (inout UpArguments, Int) -> Void
    ) -> UpFlag {
        UpFlag(
            names: [name],
            effect: .takes { arguments, value in
                guard let number = Int(value), (0...86_400_000).contains(number) else {
                    return "it must be a whole number of at least 0, not \"\(value)\""
                }
                set(&arguments, number)
                return nil
            })
    }
}
