internal import Model
internal import StackFile

/// The Rancher CLI's command line, `rancher [global flags] up [flags] [SERVICE…]`, and `slipway up …` with the same
/// flags. Pure.
///
/// Other than Rancher's, flags and names may stand in any order.
struct RancherArguments: Sendable, Hashable {
    enum Command: Sendable, Hashable {
        case up(UpArguments)
        /// A command of ours, as its own words.
        case other([String])
        case help
        case version
    }

    var command: Command
    /// To be printed on standard error.
    var warnings: [String]

    /// Understands what stands after the program's name. Throws `Failure(.usage)`, which names what is valid.
    static func parse(
        _ arguments: [String], as dialect: RancherDialect = .rancher, environment: [String: String] = [:],
        in folder: String = "/"
    ) throws(Failure) -> RancherArguments {
        var parser = RancherParser(arguments, dialect: dialect, environment: environment, isUp: false)
        parser.folder = folder
        return try parser.parse()
    }

    /// The same for what stands after `slipway up`.
    static func parseUp(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws(Failure) -> RancherArguments {
        var parser = RancherParser(arguments, dialect: .rancher, environment: environment, isUp: true)
        return try parser.parse()
    }
}

private struct RancherParser {
    private var rest: ArraySlice<String>
    private let dialect: RancherDialect
    /// Where the command is called.
    var folder = "/"
    private let environment: [String: String]
    private var isUp: Bool
    private var up = UpArguments()
    private var ignored: [String] = []
    private var special: RancherArguments.Command?

    init(_ arguments: [String], dialect: RancherDialect, environment: [String: String], isUp: Bool) {
        rest = arguments[...]
        self.dialect = dialect
        self.environment = environment
        self.isUp = isUp
    }

    mutating func parse() throws(Failure) -> RancherArguments {
        var onlyNames = false
        while let word = rest.popFirst() {
            if onlyNames || word == "-" || !word.hasPrefix("-") {
                try name(word)
            } else if word == "--" {
                onlyNames = true
            } else {
                try flag(word)
            }
        }
        if let special {
            if case .other = special { return RancherArguments(command: special, warnings: warnings) }
            return RancherArguments(command: special, warnings: [])
        }
        guard isUp else {
            throw Failure(
                .usage, "no command is given", hint: "carried out: \(dialect.commands.joined(separator: ", "))")
        }
        takeEnvironment()
        if up.forceUpgrade { up.upgrade = true }
        return RancherArguments(command: .up(up), warnings: warnings)
    }

    private mutating func name(_ word: String) throws(Failure) {
        if isUp {
            if !up.services.contains(word) { up.services.append(word) }
        } else if word == "up" {
            isUp = true
        } else if let command = dialect.command(word) {
            takeEnvironment()
            special = .other(command.words(Array(rest), up, in: folder))
            rest = []
        } else if word == "help" {
            special = .help
        } else {
            throw Failure(
                .usage, "the command \"\(word)\" is not carried out",
                hint: Suggestion.hint(for: word, in: dialect.commands))
        }
    }

    private mutating func flag(_ word: String) throws(Failure) {
        let body = word.drop { $0 == "-" }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        // Like Go's, one dash will do for a long name.
        if let flag = find(name) {
            return try apply(
                flag, shown: word.hasPrefix("--") || name.count > 1 ? "--\(name)" : "-\(name)", parts.dropFirst().first)
        }
        guard !word.hasPrefix("--"), let first = name.first, find(String(first)) != nil else {
            throw unknown(word, name)
        }
        try cluster(body, word)
    }

    /// `-ud`, `-sstack`, `-s=stack`.
    private mutating func cluster(_ letters: Substring, _ word: String) throws(Failure) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let flag = find(String(letter)) else { throw unknown(word, String(letters)) }
            if flag.takesValue, !letters.isEmpty {
                return try apply(
                    flag, shown: "-\(letter)", String(letters.first == "=" ? letters.dropFirst() : letters))
            }
            try apply(flag, shown: "-\(letter)", nil)
        }
    }

    private func find(_ name: String) -> UpFlag? {
        let own = dialect == .compose ? [UpFlags.compose] : []
        let lists = isUp ? [UpFlags.up, UpFlags.global] + own : own + [UpFlags.global, UpFlags.up]
        return lists.joined().first { $0.names.contains(name) }
    }

    private mutating func apply(_ flag: UpFlag, shown: String, _ given: String?) throws(Failure) {
        switch flag.effect {
        case .silent: break
        case .help: special = .help
        case .version: special = .version
        case .ignored(let takesValue):
            if takesValue { _ = try value(shown, given) }
            ignored.append(shown)
        case .switches(let set):
            guard let on = given.map(Self.bool) ?? true else {
                throw Failure(.usage, "\(shown) is true or false, not \"\(given ?? "")\"")
            }
            set(&up, on)
        case .takes(let set):
            if let problem = set(&up, try value(shown, given)) { throw Failure(.usage, "\(shown): \(problem)") }
        }
    }

    private mutating func value(_ shown: String, _ given: String?) throws(Failure) -> String {
        if let given { return given }
        guard let next = rest.first, next == "-" || !next.hasPrefix("-") || Int(next) != nil else {
            throw Failure(.usage, "\(shown) needs a value")
        }
        rest = rest.dropFirst()
        return next
    }

    private static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "t": true
        case "false", "0", "f": false
        default: nil
        }
    }

    private func unknown(_ word: String, _ name: String) -> Failure {
        let names = (UpFlags.up + UpFlags.global).flatMap(\.names).filter { $0.count > 1 }
        let hint =
            Suggestion.nearest(to: name, in: names).map { "did you mean --\($0)?" }
            ?? "valid: \(UpFlags.shown.joined(separator: ", "))"
        return Failure(.usage, "unknown flag \(word)", hint: hint)
    }

    /// What flags don't say, the environment may.
    private mutating func takeEnvironment() {
        func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        up.environment = up.environment ?? given("RANCHER_ENVIRONMENT")
        up.stack = up.stack ?? given("COMPOSE_PROJECT_NAME")
        if up.files.isEmpty { up.files = given("COMPOSE_FILE")?.split(separator: ":").map(String.init) ?? [] }
        let settings = ["URL", "ACCESS_KEY", "SECRET_KEY", "CLIENT_CONFIG", "DOCKER_HOST"].map { "RANCHER_\($0)" }
        ignored += settings.filter { given($0) != nil }
    }

    private var warnings: [String] {
        guard !ignored.isEmpty else { return [] }
        var seen: Set<String> = []
        let names = ignored.filter { seen.insert($0).inserted }
        return ["without effect here: \(names.joined(separator: ", "))"]
    }
}
