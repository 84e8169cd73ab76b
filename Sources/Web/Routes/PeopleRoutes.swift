import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

/// Accounts, teams and grants, for who administers.
struct PeopleRoutes: Sendable {
    private static let administer = RouteAccess.right(.administer, .server)

    let services: WebServices

    var routes: [Route] {
        [
            .get("/people", Self.administer) { _, context in try await page(context) },
            change("/people/accounts", "account.add") { context in
                let name = (context.form["name"] ?? "").trimmed
                _ = try await services.addAccount(name, password: nil, context)
                return (name, try await services.access.resetPassword(of: name))
            },
            change("/people/accounts/{account}/password", "account.password") { context in
                let name = try context.parameters.name("account")
                return (name, try await services.access.resetPassword(of: name))
            },
            change("/people/accounts/{account}/disable", "account.disable") { context in
                _ = try await services.setDisabled(true, context)
                return nil
            },
            change("/people/accounts/{account}/enable", "account.enable") { context in
                _ = try await services.setDisabled(false, context)
                return nil
            },
            change("/people/accounts/{account}/sign-out", "account.sign-out") { context in
                try await services.access.signOutEverywhere(account: try context.parameters.name("account"))
                return nil
            },
            change("/people/accounts/{account}/remove", "account.remove") { context in
                try await services.removeAccount(context)
                return nil
            },
        ] + teamRoutes + grantRoutes
    }

    private var teamRoutes: [Route] {
        [
            change("/people/teams", "team.add") { context in
                _ = try await services.addTeam((context.form["name"] ?? "").trimmed, context)
                return nil
            },
            change("/people/teams/{team}/remove", "team.remove") { context in
                try await services.removeTeam(context)
                return nil
            },
            change("/people/teams/{team}/members", "team.member.add") { context in
                _ = try await services.setMember((context.form["account"] ?? "").trimmed, isMember: true, context)
                return nil
            },
            change("/people/teams/{team}/members/{account}/remove", "team.member.remove") { context in
                _ = try await services.setMember(
                    try context.parameters.name("account"), isMember: false, context)
                return nil
            },
        ]
    }

    private var grantRoutes: [Route] {
        [
            change("/people/grants", "grant.add") { context in
                func given(_ name: String) -> String? { context.form[name].flatMap { $0.isEmpty ? nil : $0 } }
                // `account:ada`, `team:ops` or `everyone`.
                let subject = (context.form["to"] ?? "").split(separator: ":", maxSplits: 1).map(String.init)
                guard subject.count == 2 || subject == ["everyone"] else {
                    throw Failure(.invalid, "It isn't said to whom", hint: "Choose an account, a team or everyone.")
                }
                let new = NewGrant(
                    account: subject.first == "account" ? subject.last : nil,
                    team: subject.first == "team" ? subject.last : nil, allows: given("allows") ?? "",
                    app: given("app"), environment: given("environment"))
                _ = try await services.addGrant(new, context)
                return nil
            },
            change("/people/grants/{id}/remove", "grant.remove") { context in
                try await services.removeGrant(context)
                return nil
            },
        ]
    }

    /// A form whose outcome is the page again; a password that was made is shown on it, once.
    private func change(
        _ path: String, _ action: String,
        _ body: @escaping @Sendable (WebContext) async throws -> (account: String, password: String)?
    ) -> Route {
        .post(path, Self.administer, action) { _, context in
            do {
                guard let made = try await body(context) else { return .seeOther("/people") }
                return try await page(context, made: made)
            } catch let failure as Failure where failure.httpStatus < 500 {
                return try await page(context, failure: failure)
            }
        }
    }

    private func page(
        _ context: WebContext, made: (account: String, password: String)? = nil, failure: Failure? = nil
    ) async throws -> Response {
        let page = PeoplePage(
            accounts: try await services.access.accounts(), teams: try await services.access.teams(),
            grants: try await services.grants(), apps: try await services.apps(context).map(\.name),
            environments: try await services.environments(context).map(\.name),
            made: made.map { .init(account: $0.account, password: $0.password) }, failure: failure)
        return .page(
            page.render(try await services.page(context)), status: .init(code: failure?.httpStatus ?? 200))
    }
}
