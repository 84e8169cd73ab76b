import Foundation
public import Model
import Outbound
import StackFile

/// Reads the file that `slipway serve --sign-in` names. Everything that is wrong in it is told at once, with its place.
public struct SignInFile {
    private let path: String
    private let environment: [String: String]
    private let readFile: (String) -> String?
    private var diagnostics = Diagnostics()
    private var variables: [String] = []

    /// What stands in a file.
    public struct Content: Sendable {
        public var configuration: SignInConfiguration
        public var warnings: [Finding]
        /// Variables of the environment that hold client secrets: what the server starts has no use for them.
        public var variables: [String]
    }

    /// Where the people of a GitHub Enterprise are not.
    static let gitHubURL = "https://github.com"
    /// Issuers that know the whole world.
    static let publicIssuers: Set = ["https://accounts.google.com"]

    private static let providerKeys = [
        "name", "kind", "title", "issuer", "url", "api", "client_id", "client_secret", "scopes", "groups_claim",
        "allow", "teams",
    ]

    private init(_ path: String, _ environment: [String: String], _ readFile: @escaping (String) -> String?) {
        self.path = path
        self.environment = environment
        self.readFile = readFile
    }

    /// The configuration in the file, with warnings. A client secret comes from a file, or from a variable of
    /// `environment`. Throws `.notFound` without the file, `.invalid` with what is wrong in it.
    public static func load(
        _ path: String, environment: [String: String]
    ) throws -> Content {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(
                .notFound, "\(path) can't be read", hint: "--sign-in names it.", cause: "\(error.localizedDescription)")
        }
        return try read(text, path: path, environment: environment) { try? String(contentsOfFile: $0, encoding: .utf8) }
    }

    static func read(
        _ text: String, path: String, environment: [String: String], readFile: @escaping (String) -> String?
    ) throws -> Content {
        var file = SignInFile(path, environment, readFile)
        var configuration = SignInConfiguration()
        if let root = try YAMLReader.read(text, file: path) { configuration = file.configuration(root) }
        if !configuration.allowsPasswords, configuration.providers.isEmpty {
            file.diagnostics.error(
                Place(file: path), "nobody could sign in: passwords are off, and there is no provider",
                hint: "add one under providers, or say passwords: true")
        }
        let findings = file.diagnostics.sorted(files: [path])
        guard !file.diagnostics.hasErrors else {
            throw Failure(
                .invalid, "\(path) can't be used", hint: "docs/sign_in.md shows a file for each provider.",
                findings: findings)
        }
        return Content(configuration: configuration, warnings: findings, variables: file.variables)
    }

    private mutating func configuration(_ root: YAMLNode) -> SignInConfiguration {
        var configuration = SignInConfiguration()
        guard let map = mapping(root, "the file", known: ["passwords", "providers"]) else { return configuration }
        if let node = map["passwords"] {
            if let allowed = node.bool {
                configuration.allowsPasswords = allowed
            } else {
                diagnostics.error(node.place, "passwords must be true or false, not \(node.kind)")
            }
        }
        guard let node = map["providers"] else { return configuration }
        guard let items = node.sequence else {
            diagnostics.error(node.place, "providers must be a list, not \(node.kind)")
            return configuration
        }
        for item in items {
            guard let provider = provider(item) else { continue }
            if configuration.providers.contains(where: { $0.name == provider.name }) {
                diagnostics.error(item.place, "two providers have the name \"\(provider.name)\"")
            }
            configuration.providers.append(provider)
        }
        return configuration
    }

    // MARK: A provider

    private mutating func provider(_ node: YAMLNode) -> SignInConfiguration.Provider? {
        guard let map = mapping(node, "a provider", known: Self.providerKeys) else { return nil }
        let name = required("name", map, node)
        if let name, name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,23}/) == nil {
            diagnostics.error(
                map["name"]?.place ?? node.place, "name is \"\(name)\"",
                hint: "up to 24 small letters, digits and '-': it is part of an address")
        }
        let kind = kind(map, node)
        let allowed = restrictions(map["allow"], kind)
        guard let name, let kind, let id = required("client_id", map, node), let secret = secret(map, node) else {
            return nil
        }
        if allowed.areNone, !diagnostics.hasErrors {
            diagnostics.warn(
                node.place, "\(name) has no allow: nobody can sign in through it",
                hint: "allow: {organizations: [acme]} lets the members of acme in")
        }
        let title: String =
            switch kind {
            case .gitHub: "GitHub"
            case .openID: name.prefix(1).uppercased() + name.dropFirst()
            }
        return SignInConfiguration.Provider(
            name: name, title: text(map["title"], "title") ?? title, kind: kind, clientID: id, clientSecret: secret,
            allowed: allowed, teams: teams(map["teams"]))
    }

    private mutating func kind(
        _ map: [String: YAMLNode], _ node: YAMLNode
    ) -> SignInConfiguration.Provider.Kind? {
        switch required("kind", map, node) {
        case "github":
            for key in ["issuer", "scopes", "groups_claim"] {
                if let node = map[key] { diagnostics.error(node.place, "\(key) is for the kind openid, not github") }
            }
            let url = address(map["url"], "url") ?? Self.gitHubURL
            let api = url == Self.gitHubURL ? "https://api.github.com" : "\(url)/api/v3"
            return .gitHub(url: url, api: address(map["api"], "api") ?? api)
        case "openid":
            for key in ["url", "api"] {
                if let node = map[key] { diagnostics.error(node.place, "\(key) is for the kind github, not openid") }
            }
            guard required("issuer", map, node) != nil,
                let issuer = address(map["issuer"], "issuer", trimmed: false)
            else { return nil }
            var scopes = texts(map["scopes"], "scopes") ?? ["openid", "profile", "email"]
            if !scopes.contains("openid") { scopes.insert("openid", at: 0) }
            return .openID(
                issuer: issuer, scopes: scopes, groupsClaim: text(map["groups_claim"], "groups_claim") ?? "groups")
        case let other?:
            diagnostics.error(
                map["kind"]?.place ?? node.place, "kind is \"\(other)\"", hint: "openid or github")
            return nil
        case nil: return nil
        }
    }

    /// The issuer of an OpenID provider is kept letter for letter: its tokens are compared with it.
    private mutating func address(_ node: YAMLNode?, _ name: String, trimmed: Bool = true) -> String? {
        guard let node, let address = text(node, name) else { return nil }
        if let problem = OutboundAddress.problem(address) {
            diagnostics.error(node.place, "\(name): \"\(address)\" \(problem)", hint: "HTTP is for this machine alone")
            return nil
        }
        return trimmed && address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    /// A client secret stands in no file that is shown around: the configuration says where it is.
    private mutating func secret(_ map: [String: YAMLNode], _ node: YAMLNode) -> String? {
        let hint = "client_secret: {file: /etc/slipway/secret} or {variable: NAME}"
        guard let node = map["client_secret"] else {
            diagnostics.error(node.place, "client_secret is missing", hint: hint)
            return nil
        }
        guard node.mapping != nil else {
            diagnostics.error(node.place, "client_secret says where the secret is, and isn't it itself", hint: hint)
            return nil
        }
        guard let map = mapping(node, "client_secret", known: ["file", "variable"]), map.count == 1 else {
            diagnostics.error(node.place, "client_secret needs a file or a variable, one of them", hint: hint)
            return nil
        }
        let (found, what): (String?, String)
        if let file = text(map["file"], "client_secret.file") {
            (found, what) = (readFile(file), "the file \(file)")
        } else if let variable = text(map["variable"], "client_secret.variable") {
            (found, what) = (environment[variable], "the variable \(variable)")
            variables.append(variable)
        } else {
            return nil
        }
        guard let secret = found?.trimmingCharacters(in: .whitespacesAndNewlines), !secret.isEmpty else {
            diagnostics.error(node.place, "client_secret: \(what) is missing, unreadable or empty")
            return nil
        }
        return secret
    }

    // MARK: Who may

    private mutating func restrictions(
        _ node: YAMLNode?, _ kind: SignInConfiguration.Provider.Kind?
    ) -> Restrictions {
        let known = ["everyone", "organizations", "teams", "domains", "groups"]
        guard let node, let map = mapping(node, "allow", known: known) else { return Restrictions() }
        var result = Restrictions()
        result.organizations = list(map["organizations"], "allow.organizations")
        result.teams = list(map["teams"], "allow.teams")
        result.domains = list(map["domains"], "allow.domains")
        result.groups = list(map["groups"], "allow.groups")
        for team in result.teams where team.split(separator: "/").count != 2 {
            diagnostics.error(node.place, "allow.teams: \"\(team)\"", hint: "a team is organisation/team, by its slug")
        }
        if let item = map["everyone"] {
            guard let everyone = item.bool else {
                diagnostics.error(item.place, "allow.everyone must be true or false, not \(item.kind)")
                return result
            }
            if everyone, result != Restrictions() {
                diagnostics.error(item.place, "allow has everyone beside other keys", hint: "keep one of them")
            }
            result.everyone = everyone
        }
        switch kind {
        case .gitHub(let url, _):
            if result.everyone, url == Self.gitHubURL { refuseTheWorld(map, node) }
            if let node = map["groups"] { diagnostics.error(node.place, "GitHub has no groups", hint: "allow.teams") }
        case .openID(let issuer, _, _):
            if result.everyone, Self.publicIssuers.contains(issuer) { refuseTheWorld(map, node) }
            for key in ["organizations", "teams"] {
                if let node = map[key] {
                    diagnostics.error(node.place, "allow.\(key) is GitHub's", hint: "allow.groups or allow.domains")
                }
            }
        case nil: break
        }
        return result
    }

    private mutating func refuseTheWorld(_ map: [String: YAMLNode], _ node: YAMLNode) {
        diagnostics.error(
            map["everyone"]?.place ?? node.place, "allow.everyone would let the whole world in",
            hint: "name organizations, teams or domains")
    }

    private mutating func teams(_ node: YAMLNode?) -> [String: String] {
        guard let node else { return [:] }
        guard let pairs = node.mapping else {
            diagnostics.error(node.place, "teams must be a mapping, not \(node.kind)", hint: "acme/ops: ops")
            return [:]
        }
        var teams: [String: String] = [:]
        for pair in pairs {
            guard let team = text(pair.value, "teams.\(pair.key)") else { continue }
            do {
                try AccountRules.check(name: team, of: "a team")
                teams[pair.key] = team
            } catch {
                diagnostics.error(pair.value.place, "teams.\(pair.key): \"\(team)\" can't be the name of a team")
            }
        }
        return teams
    }
}

// MARK: Values

extension SignInFile {
    /// A list that has something in it: an empty one would let in nobody, or everybody, as one reads it.
    private mutating func list(_ node: YAMLNode?, _ name: String) -> [String] {
        guard let node, let texts = texts(node, name) else { return [] }
        if texts.isEmpty { diagnostics.error(node.place, "\(name) is empty", hint: "leave it out, or name somebody") }
        return texts
    }

    private mutating func mapping(_ node: YAMLNode, _ name: String, known: [String]) -> [String: YAMLNode]? {
        guard let pairs = node.mapping else {
            diagnostics.error(node.place, "\(name) must be a mapping, not \(node.kind)")
            return nil
        }
        for pair in pairs where !known.contains(pair.key) {
            diagnostics.error(
                pair.keyPlace, "unknown key \"\(pair.key)\" in \(name)", hint: Suggestion.hint(for: pair.key, in: known)
            )
        }
        return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func required(_ key: String, _ map: [String: YAMLNode], _ node: YAMLNode) -> String? {
        guard let value = map[key] else {
            diagnostics.error(node.place, "\(key) is missing")
            return nil
        }
        return text(value, key)
    }

    private mutating func text(_ node: YAMLNode?, _ name: String) -> String? {
        guard let node else { return nil }
        if let text = node.text, !node.isNull, !text.isEmpty { return text }
        diagnostics.error(node.place, "\(name) must be text, not \(node.kind)")
        return nil
    }

    private mutating func texts(_ node: YAMLNode?, _ name: String) -> [String]? {
        guard let node else { return nil }
        guard let items = node.sequence else {
            diagnostics.error(node.place, "\(name) must be a list, not \(node.kind)", hint: "\(name): [a, b]")
            return nil
        }
        return items.compactMap { text($0, "an item of \(name)") }
    }
}
