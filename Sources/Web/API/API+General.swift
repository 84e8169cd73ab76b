import Access
import HTTPTypes
import Model

extension API {
    private struct NewToken: Decodable { var name: String }
    private struct NewTokenAnswer: Encodable { var token: String }

    static let generalRoutes: [APIRoute] = [
        APIRoute(
            method: .post, path: "/tokens", summary: "Makes a token for a program; it is shown once",
            body: [.init(name: "name", text: "What it is for.", isRequired: true)], status: .created, answer: "Token"
        ) { call in
            let name = try await call.body(NewToken.self).name.trimmed
            guard !name.isEmpty else { throw Failure(.invalid, "The token's name is empty") }
            let token = try await call.services.access.makeToken(named: name)
            // Not kept for a repeated request: secrets are stored hashed only.
            return .raw(try APIAnswer.value(NewTokenAnswer(token: token), .created).response)
        },
        APIRoute(
            method: .get, path: "/events", summary: "Server-sent events; goes on after Last-Event-ID",
            query: [
                .init(name: "topics", text: "app/1,deploy/3; all without it."),
                .init(name: "after", type: "integer", text: "The last event that was seen."),
            ], answer: "text/event-stream"
        ) { call in .raw(LiveRoutes(services: call.services).events(call.request, named: nil)) },
    ]
}
