import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

/// One's own account: password, sessions and tokens.
struct AccountRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        [
            .get("/account", .own) { _, context in try await page(context) },
            .post("/account/password", .own, "account.password") { _, context in try await setPassword(context) },
            .post("/account/sign-out", .own, "account.sign-out") { _, context in
                try await services.access.signOutEverywhere(account: try account(context))
                return .seeOther("/sign-in")
            },
            .post("/account/tokens", .own, "token.create") { _, context in try await makeToken(context) },
            .post("/account/tokens/{id}/revoke", .own, "token.revoke") { _, context in
                try await services.revokeToken(context)
                return .seeOther("/account")
            },
        ]
    }

    private func account(_ context: WebContext) throws -> String {
        guard let account = context.principal?.actor.account else {
            throw Failure(.conflict, "\(context.actorName) is not an account", hint: "Sign in as one.")
        }
        return account
    }

    private func page(
        _ context: WebContext, token: String? = nil, done: String? = nil, failure: Failure? = nil
    ) async throws -> Response {
        var mine: Account?
        if let name = context.principal?.actor.account { mine = try await services.access.account(name) }
        let page = AccountPage(
            tokens: try await services.tokens(context), apps: try await services.apps(context).map(\.name),
            environments: try await services.environments(context).map(\.name), hasPassword: mine?.hasPassword ?? true,
            provider: mine?.provider, token: token, done: done, failure: failure)
        return .page(
            page.render(try await services.page(context)), status: .init(code: failure?.httpStatus ?? 200))
    }

    private func setPassword(_ context: WebContext) async throws -> Response {
        do {
            // The session alone is not enough: it may be somebody else at an open browser.
            let name = try account(context)
            let check = try await services.access.signIn(
                account: name, password: context.form["current"] ?? "", from: context.address)
            try await services.access.signOut(session: check)
            let session: String? = if case .session(let secret) = context.credential { secret } else { nil }
            try await services.access.setPassword(context.form["password"] ?? "", of: name, keeping: session)
            return try await page(context, done: "The password is changed, and other browsers are signed out.")
        } catch let failure as Failure where failure.httpStatus < 500 {
            let isWrong = failure.code == .unauthorized
            return try await page(
                context, failure: isWrong ? Failure(.forbidden, "That isn't the password of now") : failure)
        }
    }

    private func makeToken(_ context: WebContext) async throws -> Response {
        func given(_ name: String) -> String? { context.form[name].flatMap { $0.isEmpty ? nil : $0 } }
        do {
            let rights = Right.allCases.map(\.rawValue).filter { context.form["right-\($0)"] == "1" }
            let new = NewToken(
                name: given("name") ?? "", rights: rights.isEmpty ? nil : rights, app: given("app"),
                environment: given("environment"),
                days: try given("days").map { text in
                    guard let days = Int(text.trimmed) else {
                        throw Failure(.invalid, "\(text) is not a number of days")
                    }
                    return days
                })
            return try await page(context, token: try await services.makeToken(new, context))
        } catch let failure as Failure where failure.httpStatus < 500 {
            return try await page(context, failure: failure)
        }
    }
}
