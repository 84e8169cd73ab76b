import Access
import HTTPTypes
import Model

extension API {
    struct MadeToken: Codable, Sendable { var token: String }

    static let tokenRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/tokens", access: .own,
            summary: "One's own tokens, without their secrets; everyone's for who administers", answer: [TokenView].self
        ) { try await $0.services.tokens($0.context) },
        APIRoute(
            method: .post, path: "/tokens", access: .own, action: "token.create",
            summary: "Makes a token for a program; it is shown once",
            body: .of(
                NewToken.self,
                [
                    .text("name", "What it is for.", longest: 200),
                    .list("rights", "At most these rights of its owner; all without it."),
                    .text("app", "For this app alone."),
                    .text("environment", "For this environment alone."),
                    .number("days", "How long it is good; without an end where it is absent.", 1...3650),
                ]), status: .created, answer: MadeToken.self, isKept: false
        ) { MadeToken(token: try await $0.services.makeToken(try await $0.body(NewToken.self), $0.context)) },
        APIRoute(
            method: .delete, path: "/tokens/{id}", access: .own, action: "token.revoke",
            summary: "Ends a token at once"
        ) { try await $0.services.revokeToken($0.context) },
    ]
}
