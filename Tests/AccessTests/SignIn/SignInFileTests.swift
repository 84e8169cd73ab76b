import Foundation
import Model
import Testing

@testable import Access

/// The file that says how people sign in.
@Suite struct SignInFileTests {
    private static let whole = """
        passwords: false
        providers:
          - name: github
            kind: github
            client_id: Iv1.0123
            client_secret: {file: /etc/slipway/github}
            allow: {organizations: [acme], domains: [acme.com]}
            teams: {acme/ops: operators}
          - name: keycloak
            kind: openid
            title: Acme
            issuer: https://keycloak.example.com/realms/acme
            client_id: slipway
            client_secret: {variable: KEYCLOAK_SECRET}
            scopes: [profile, email, roles]
            groups_claim: roles
            allow: {everyone: true}
        """

    private func read(_ text: String) throws -> SignInFile.Content {
        try SignInFile.read(text, path: "sign-in.yml", environment: ["KEYCLOAK_SECRET": "k3y"]) {
            $0 == "/etc/slipway/github" ? "g1thub\n" : nil
        }
    }

    @Test func `A whole file is understood`() throws {
        let content = try read(Self.whole)
        let (github, keycloak) = (content.configuration.providers[0], content.configuration.providers[1])
        #expect(content.warnings.isEmpty && content.variables == ["KEYCLOAK_SECRET"])
        #expect(!content.configuration.allowsPasswords)
        #expect(github.kind == .gitHub(url: "https://github.com", api: "https://api.github.com"))
        #expect(github.title == "GitHub" && github.clientSecret.value == "g1thub")
        #expect(github.allowed == Restrictions(organizations: ["acme"], domains: ["acme.com"]))
        #expect(github.teams == ["acme/ops": "operators"])
        #expect(
            keycloak.kind
                == .openID(
                    issuer: "https://keycloak.example.com/realms/acme",
                    scopes: ["openid", "profile", "email", "roles"],
                    groupsClaim: "roles"))
        #expect(keycloak.title == "Acme" && keycloak.allowed == Restrictions(everyone: true))
        #expect(!"\(content)".contains("g1thub"), "a secret is printed")
    }

    @Test func `The file in the documentation is one`() throws {
        let root = (0..<4).reduce(URL(filePath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
        let page = try String(contentsOf: root.appending(path: "docs/sign_in.md"), encoding: .utf8)
        let text = String(try #require(page.firstMatch(of: /(?s)```yaml\n(.*?)```/)).1)
        let content = try SignInFile.read(
            text, path: "sign-in.yml", environment: ["KEYCLOAK_CLIENT_SECRET": "x"], readFile: { _ in "x" })
        #expect(content.configuration.providers.map(\.name) == ["github", "keycloak"] && content.warnings.isEmpty)
    }

    @Test func `A GitHub Enterprise has its API below its address`() throws {
        let text = Self.whole.replacing("kind: github", with: "kind: github\n    url: https://git.acme.com/")
        let provider = try read(text).configuration.providers[0]
        #expect(provider.kind == .gitHub(url: "https://git.acme.com", api: "https://git.acme.com/api/v3"))
    }

    @Test func `Nothing in the file means passwords`() throws {
        #expect(try read("").configuration == SignInConfiguration())
    }

    @Test func `No allow is told as a warning`() throws {
        let text = Self.whole.replacing("    allow: {everyone: true}\n", with: "").replacing(
            "    allow: {everyone: true}", with: "")
        #expect(try read(text).warnings.map(\.message) == ["keycloak has no allow: nobody can sign in through it"])
    }

    @Test(
        "What is wrong is told with its place and the mend",
        arguments: [
            ("passwords: false\n", "passwords: perhaps\n", "1:12", "passwords must be true or false"),
            ("client_id: Iv1.0123", "client_ids: Iv1.0123", "5:5", "unknown key \"client_ids\""),
            ("    client_id: slipway\n", "", "9:5", "client_id is missing"),
            ("{file: /etc/slipway/github}", "{file: /nowhere}", "6:20", "the file /nowhere is missing"),
            ("{file: /etc/slipway/github}", "g1thub", "6:20", "client_secret says where the secret is"),
            ("{file: /etc/slipway/github}", "{file: a, variable: B}", "6:20", "one of them"),
            ("KEYCLOAK_SECRET}", "OTHER}", "14:20", "the variable OTHER is missing"),
            ("https://keycloak", "http://keycloak", "12:13", "is not HTTPS"),
            ("kind: github", "kind: gitlab", "4:11", "kind is \"gitlab\""),
            ("kind: github", "kind: github\n    issuer: https://a.example", "5:13", "is for the kind openid"),
            ("name: keycloak", "name: github", "9:5", "two providers have the name"),
            ("name: keycloak", "name: Key Cloak", "9:11", "name is \"Key Cloak\""),
            ("organizations: [acme]", "organizations: []", "7:28", "allow.organizations is empty"),
            ("organizations: [acme]", "organizations: acme", "7:28", "must be a list"),
            ("organizations: [acme]", "groups: [acme]", "7:21", "GitHub has no groups"),
            ("organizations: [acme]", "teams: [acme]", "7:12", "allow.teams"),
            ("organizations: [acme], domains: [acme.com]", "everyone: true", "7:23", "the whole world"),
            ("{everyone: true}", "{everyone: true, groups: [a]}", "17:23", "everyone beside other keys"),
            ("{everyone: true}", "{organizations: [acme]}", "17:28", "is GitHub's"),
            ("domains: [acme.com]", "domains: ['@acme.com']", "7:12", "is no domain"),
            ("acme/ops: operators", "acme/ops: -x", "8:23", "can't be the name of a team"),
        ])
    func mistakes(old: String, new: String, place: String, words: String) throws {
        let failure = #expect(throws: Failure.self) { try read(Self.whole.replacing(old, with: new)) }
        let text = failure?.findings.map(\.description).joined(separator: "\n") ?? ""
        #expect(text.contains(words), "\(text)")
        #expect(text.contains("sign-in.yml:\(place):"), "\(text)")
        #expect(!text.contains("k3y") && !text.contains("is \"g1thub"), "\(text)")
    }

    @Test func `Nobody who could sign in is an error`() {
        let failure = #expect(throws: Failure.self) { try read("passwords: off") }
        #expect(failure?.findings.first?.message.contains("nobody could sign in") == true)
    }

    @Test func `A file that is not there is said`() {
        let failure = #expect(throws: Failure.self) { try SignInFile.load("/nowhere/sign-in.yml", environment: [:]) }
        #expect(failure?.message == "/nowhere/sign-in.yml can't be read")
    }
}
