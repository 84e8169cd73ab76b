import Access
import HTTPTypes
import Hummingbird
import Model

/// Signing in through a provider: away with a button, and back.
struct SignInRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        [
            .get("/sign-in/{provider}", .open) { request, context in try await begin(request, context) },
            // The provider sends the browser back with a GET, and it changes something all the same.
            Route(
                method: .get, path: "/sign-in/{provider}/callback", access: .open, action: "session.start",
                handler: { request, context in try await finish(request, context) }),
        ]
    }

    private func begin(_ request: Request, _ context: WebContext) async throws -> Response {
        let next = DoorRoutes.local(request.uri.queryParameters["next"].map(String.init))
        do {
            let (address, secret) = try await services.signIn.begin(
                try context.parameters.require("provider"), next: next, from: context.address)
            var response = Response.seeOther(address)
            response.headers[.cacheControl] = "no-store"
            response.setCookie(context.cookies.attempt(secret))
            return response
        } catch let failure as Failure where failure.code != .notFound {
            return try await services.signInPage(next: next, failure: failure, context)
        }
    }

    private func finish(_ request: Request, _ context: WebContext) async throws -> Response {
        let provider = try context.parameters.require("provider")
        func given(_ name: String) -> String? { request.uri.queryParameters[name[...]].map(String.init) }
        let outcome = try await services.signIn.finish(
            provider,
            SignInAnswer(state: given("state"), code: given("code"), error: given("error"), issuer: given("iss")),
            secret: context.cookies.attempt(of: request), from: context.address)
        note(outcome, provider, context)
        var response: Response
        switch outcome.result {
        case .success(let entry): response = try await services.signedIn(entry.session, next: entry.next, context)
        case .failure(let failure): response = try await services.signInPage(next: "/", failure: failure, context)
        }
        response.setCookie(context.cookies.attempt(nil))
        return response
    }

    private func note(_ outcome: SignInOutcome, _ provider: String, _ context: WebContext) {
        let entry = try? outcome.result.get()
        context.note.set {
            // Whoever was signed in before in this browser is not the one who comes.
            $0.actor = entry?.account ?? outcome.login ?? "nobody"
            $0.isSkipped = !outcome.isRecorded
        }
        var note = SignInNote(
            provider: provider, login: outcome.login, subject: outcome.subject, reason: outcome.reason)
        if let entry {
            if entry.isNew { note.madeAccount = entry.account }
            if !entry.teams.joins.isEmpty { note.joined = entry.teams.joins }
            if !entry.teams.leaves.isEmpty { note.left = entry.teams.leaves }
        }
        context.note.added(note)
    }
}
