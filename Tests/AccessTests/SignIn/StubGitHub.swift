import Foundation
import Logging
import Outbound
import Store
import StubServer
import Synchronization

@testable import Access

/// GitHub's sign-in and as much of its API as we ask, on a real socket.
final class StubGitHub: Sendable {
    struct Person: Sendable {
        var id = 1
        var login = "octo"
        /// Address, whether it is the main one, whether it is verified.
        var emails: [(String, Bool, Bool)] = [("octo@home.example", false, true), ("octo@acme.com", true, true)]
        var organizations = ["acme"]
        var teams = ["acme/ops"]
    }

    private struct State {
        var person = Person()
        /// The challenge of the code that was given.
        var codes: [String: String] = [:]
        var scope = ""
        var asked: [StubRequest] = []
    }

    private let state = Mutex(State())

    func change(_ body: @Sendable (inout Person) -> Void) { state.withLock { body(&$0.person) } }

    /// What was asked for at the last beginning.
    var scope: String { state.withLock { $0.scope } }
    var asked: [String] { state.withLock { $0.asked.map(\.path) } }

    static func run(
        allowed: Restrictions, teams: [String: String] = [:],
        _ body: (StubGitHub, OutsideSignIn, Access) async throws -> Void
    ) async throws {
        let github = StubGitHub()
        try await StubServer.run(at: .tcp(host: "127.0.0.1"), handler: { try await github.answer($0, $1) }) { server in
            let url = "http://127.0.0.1:\(server.port)"
            let access = Access(store: try Store(path: nil, migrations: Access.migrations))
            let provider = SignInConfiguration.Provider(
                name: "github", title: "GitHub", kind: .gitHub(url: url, api: "\(url)/api/v3"), clientID: "Iv1.x",
                clientSecret: "s3cret", allowed: allowed, teams: teams)
            let signIn = OutsideSignIn(
                access: access, configuration: SignInConfiguration(providers: [provider]),
                publicURL: "https://slipway.example.com", outbound: Outbound(timeLimit: .seconds(120)),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(github, signIn, access)
        }
    }

    /// A whole sign-in, as one browser does it.
    func signIn(through signIn: OutsideSignIn, code given: String? = nil) async throws -> SignInOutcome {
        let (address, secret) = try await signIn.begin("github", next: "/", from: "")
        let query = URLComponents(string: address)?.queryItems ?? []
        func value(_ name: String) -> String { query.first { $0.name == name }?.value ?? "" }
        let code = UUID().uuidString
        state.withLock {
            $0.codes[code] = value("code_challenge")
            $0.scope = value("scope")
        }
        let answer = SignInAnswer(state: value("state"), code: given ?? code)
        return try await signIn.finish("github", answer, secret: secret, from: "")
    }

    private func answer(_ request: StubRequest, _ writer: StubWriter) async throws {
        let person = state.withLock { state in
            state.asked.append(request)
            return state.person
        }
        let parts = request.path.split(separator: "?", maxSplits: 1)
        let page = parts.last?.contains("page=2") == true ? 1 : 0
        func list(_ items: [String]) -> String {
            "[" + items.dropFirst(page * 100).prefix(100).joined(separator: ",") + "]"
        }
        if parts.first == "/login/oauth/access_token" {
            let fields = URLComponents(string: "?\(request.text)")?.queryItems ?? []
            func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
            let challenge = state.withLock { $0.codes.removeValue(forKey: field("code")) }
            guard field("client_secret") == "s3cret", challenge == ProofKey.challenge(of: field("code_verifier")) else {
                // GitHub says 200 to what it refuses.
                let words =
                    #"{"error":"bad_verification_code","error_description":"\#(field("client_secret")) is wrong"}"#
                return try await writer.reply(200, [], words)
            }
            return try await writer.reply(200, [], #"{"access_token":"gho_1","token_type":"bearer"}"#)
        }
        guard request.header("authorization") == "Bearer gho_1" else { return try await writer.reply(401, [], "{}") }
        switch parts.first {
        case "/api/v3/user":
            try await writer.reply(200, [], #"{"id":\#(person.id),"login":"\#(person.login)","name":null}"#)
        case "/api/v3/user/emails":
            let emails = person.emails.map { #"{"email":"\#($0)","primary":\#($1),"verified":\#($2)}"# }
            try await writer.reply(200, [], list(emails))
        case "/api/v3/user/orgs":
            try await writer.reply(200, [], list(person.organizations.map { #"{"login":"\#($0)"}"# }))
        case "/api/v3/user/teams":
            let teams = person.teams.map { team in
                let parts = team.split(separator: "/")
                return #"{"slug":"\#(parts[1])","organization":{"login":"\#(parts[0])"}}"#
            }
            try await writer.reply(200, [], list(teams))
        default: try await writer.reply(404, [], "{}")
        }
    }
}
