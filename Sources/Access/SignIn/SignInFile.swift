import Foundation
public import Model
import Outbound
import StackFile

/// Reads the file that `slipway serve --sign-in` names. Everything that is wrong in it is told at once, with its place.
public struct SignInFile {
    private let path: String
    private let environment: [String: String]
    private let readFile: (String) -> String?
    var values = SignInValues()
    private var variables: [String] = []

    /// What stands in a file.
    public struct Content: Sendable {
        public var configuration: SignInConfiguration
        public var warnings: [Finding]
        /// Variables of the environment that hold client secrets: what the server starts has no use for them.
        public var variables: [String]
    }

    /// The GitHub that is open to the whole world.
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
            file.values.diagnostics.error(
                Place(file: path), "nobody could sign in: passwords are off, and there is no provider",
                hint: "add one under providers, or say passwords: true")
        }
        let findings = file.values.diagnostics.sorted(files: [path])
        guard !file.values.diagnostics.hasErrors else {
            throw Failure(
                .invalid, "\(path) can't be used", hint: "docs/sign_in.md shows a file for each provider.",
                findings: findings)
        }
        return Content(configuration: configuration, warnings: findings, variables: file.variables)
    }

    private mutating func configuration(_ root: YAMLNode) -> SignInConfiguration {
        var configuration = SignInConfiguration()
        guard let map = values.mapping(root, "the file", known: ["passwords", "providers"]) else {
            return configuration
        }
        if let node = map["passwords"] {
            if let allowed = node.bool {
                configuration.allowsPasswords = allowed
            } else {
                values.diagnostics.error(node.place, "passwords must be true or false, not \(node.kind)")
            }
        }
        guard let node = map["providers"] else { return configuration }
        guard let items = node.sequence else {
            values.diagnostics.error(node.place, "providers must be a list, not \(node.kind)")
            return configuration
        }
        for item in items {
            guard let provider = provider(item) else { continue }
            if configuration.providers.contains(where: { $0.name == provider.name }) {
                values.diagnostics.error(item.place, "two providers have the name \"\(provider.name)\"")
            }
            configuration.providers.append(provider)
        }
        return configuration
    }

    // MARK: A provider

    private mutating func provider(_ node: YAMLNode) -> SignInConfiguration.Provider? {
        guard let map = values.mapping(node, "a provider", known: Self.providerKeys) else { return nil }
        let name = values.required("name", map, node)
        if let name, name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,23}/) == nil {
            values.diagnostics.error(
                map["name"]?.place ?? node.place, "name is \"\(name)\"",
                hint: "up to 24 small letters, digits and '-': it is part of an address")
        }
        let kind = kind(map, node)
        let allowed = restrictions(map["allow"], kind)
        guard let name, let kind, let id = values.required("client_id", map, node), let secret = secret(map, node)
        else {
            return nil
        }
        if allowed.areNone, !values.diagnostics.hasErrors {
            values.diagnostics.warn(
                node.place, "\(name) has no allow: nobody can sign in through it",
                hint: "allow: {organizations: [acme]} lets the members of acme in")
        }
        let title: String =
            switch kind {
            case .gitHub: "GitHub"
            case .openID: name.prefix(1).uppercased() + name.dropFirst()
            }
        return SignInConfiguration.Provider(
            name: name, title: values.text(map["title"], "title") ?? title, kind: kind, clientID: id,
            clientSecret: secret,
            allowed: allowed, teams: teams(map["teams"]))
    }

    private mutating func kind(
        _ map: [String: YAMLNode], _ node: YAMLNode
    ) -> SignInConfiguration.Provider.Kind? {
        switch values.required("kind", map, node) {
        case "github":
            for key in ["issuer", "scopes", "groups_claim"] {
                if let node = map[key] {
                    values.diagnostics.error(node.place, "\(key) is for the kind openid, not github")
                }
            }
            let url = values.address(map["url"], "url") ?? Self.gitHubURL
            let api = url == Self.gitHubURL ? "https://api.github.com" : "\(url)/api/v3"
            return .gitHub(url: url, api: values.address(map["api"], "api") ?? api)
        case "openid":
            for key in ["url", "api"] {
                if let node = map[key] {
                    values.diagnostics.error(node.place, "\(key) is for the kind github, not openid")
                }
            }
            guard values.required("issuer", map, node) != nil,
                let issuer = values.address(map["issuer"], "issuer", trimmed: false)
            else { return nil }
            var scopes = values.texts(map["scopes"], "scopes") ?? ["openid", "profile", "email"]
            if !scopes.contains("openid") { scopes.insert("openid", at: 0) }
            return .openID(
                issuer: issuer, scopes: scopes,
                groupsClaim: values.text(map["groups_claim"], "groups_claim") ?? "groups")
        case let other?:
            values.diagnostics.error(
                map["kind"]?.place ?? node.place, "kind is \"\(other)\"", hint: "openid or github")
            return nil
        case nil: return nil
        }
    }

    /// A client secret stands in no file that is shown around: the configuration says where it is.
    private mutating func secret(_ map: [String: YAMLNode], _ node: YAMLNode) -> String? {
        let hint = "client_secret: {file: /etc/slipway/secret} or {variable: NAME}"
        guard let node = map["client_secret"] else {
            values.diagnostics.error(node.place, "client_secret is missing", hint: hint)
            return nil
        }
        guard node.mapping != nil else {
            values.diagnostics.error(
                node.place, "client_secret says where the secret is, and isn't it itself", hint: hint)
            return nil
        }
        guard let map = values.mapping(node, "client_secret", known: ["file", "variable"]), map.count == 1 else {
            values.diagnostics.error(node.place, "client_secret needs a file or a variable, one of them", hint: hint)
            return nil
        }
        let (found, what): (String?, String)
        if let file = values.text(map["file"], "client_secret.file") {
            (found, what) = (readFile(file), "the file \(file)")
        } else if let variable = values.text(map["variable"], "client_secret.variable") {
            (found, what) = (environment[variable], "the variable \(variable)")
            variables.append(variable)
        } else {
            return nil
        }
        guard let secret = found?.trimmingCharacters(in: .whitespacesAndNewlines), !secret.isEmpty else {
            values.diagnostics.error(node.place, "client_secret: \(what) is missing, unreadable or empty")
            return nil
        }
        return secret
    }
}
