import Access
import HTTPTypes
import Model

extension API {
    private struct NewTokenAnswer: Encodable { var token: String }

    static let tokenRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/tokens", access: .own,
            summary: "One's own tokens, without their secrets; everyone's for who administers", answer: "[Token]"
        ) { try .value(try await $0.services.tokens($0.context)) },
        APIRoute(
            method: .post, path: "/tokens", access: .own, action: "token.create",
            summary: "Makes a token for a program; it is shown once",
            body: [
                .init(name: "name", text: "What it is for.", isRequired: true),
                .init(name: "rights", type: "array", text: "At most these rights of its owner; all without it."),
                .init(name: "app", text: "For this app alone."),
                .init(name: "environment", text: "For this environment alone."),
                .init(name: "days", type: "integer", text: "How long it is good; without an end where it is absent."),
            ], status: .created, answer: "NewToken"
        ) { call in
            let token = try await call.services.makeToken(try await call.body(NewToken.self), call.context)
            // Not kept for a repeated request: secrets are stored hashed only.
            return .raw(try APIAnswer.value(NewTokenAnswer(token: token), .created).response)
        },
        APIRoute(
            method: .delete, path: "/tokens/{id}", access: .own, action: "token.revoke",
            summary: "Ends a token at once", status: .noContent, answer: ""
        ) { call in
            try await call.services.revokeToken(call.context)
            return .nothing
        },
    ]
}
