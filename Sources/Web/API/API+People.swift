import Access
import HTTPTypes
import Hummingbird
import Model

extension API {
    struct NewAccount: Decodable, Sendable {
        var name: String
        var password: String?
    }
    struct NewPassword: Decodable, Sendable { var password: String? }
    struct MadePassword: Codable, Sendable { var password: String? }
    struct NewTeam: Decodable, Sendable { var name: String }
    struct NewMember: Decodable, Sendable { var account: String }

    private static let namePattern = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"
    private static let nameText = "Up to 64 letters, digits, '.', '_', '@' and '-', beginning with a letter or digit."
    private static let administer = RouteAccess.right(.administer, .server)

    static let accountRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/accounts", access: administer, summary: "Who can sign in", answer: [Account].self
        ) { try await $0.services.access.accounts() },
        APIRoute(
            method: .post, path: "/accounts", access: administer, action: "account.add",
            summary: "Adds an account, which may do nothing until it is granted something",
            body: .of(
                NewAccount.self,
                [
                    .text("name", nameText, pattern: namePattern),
                    .text("password", "12 to 200 characters; without it, it can't sign in with one.", longest: 2000),
                ]), status: .created, answer: Account.self
        ) { call in
            let new = try await call.body(NewAccount.self)
            return try await call.services.addAccount(new.name, password: new.password, call.context)
        },
        APIRoute(
            method: .delete, path: "/accounts/{account}", access: administer, action: "account.remove",
            summary: "Removes an account with its tokens and grants"
        ) { try await $0.services.removeAccount($0.context) },
        APIRoute(
            method: .post, path: "/accounts/{account}/password", access: administer, action: "account.password",
            summary: "Gives an account a new password and signs it out; one that is made here is shown once",
            body: .of(
                NewPassword.self, [.text("password", "12 to 200 characters; without it, one is made.", longest: 2000)]),
            answer: MadePassword.self, isKept: false
        ) { call in
            let (given, name) = (
                try await call.body(NewPassword.self).password, try call.context.parameters.name("account")
            )
            var answer = MadePassword()
            if let given {
                try await call.services.access.setPassword(given, of: name)
            } else {
                answer.password = try await call.services.access.resetPassword(of: name)
            }
            return answer
        },
        APIRoute(
            method: .post, path: "/accounts/{account}/disable", access: administer, action: "account.disable",
            summary: "Lets an account and its tokens in no more", answer: Account.self
        ) { try await $0.services.setDisabled(true, $0.context) },
        APIRoute(
            method: .post, path: "/accounts/{account}/enable", access: administer, action: "account.enable",
            summary: "Lets an account and its tokens in again", answer: Account.self
        ) { try await $0.services.setDisabled(false, $0.context) },
        APIRoute(
            method: .post, path: "/accounts/{account}/sign-out", access: administer, action: "account.sign-out",
            summary: "Ends all sessions of an account", answer: Account.self
        ) { call in
            let account = try await call.services.access.account(try call.context.parameters.name("account"))
            try await call.services.access.signOutEverywhere(account: account.name)
            return account
        },
    ]

    static let teamRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/teams", access: administer, summary: "Teams with their members", answer: [Team].self
        ) { try await $0.services.access.teams() },
        APIRoute(
            method: .post, path: "/teams", access: administer, action: "team.add", summary: "Adds a team",
            body: .of(NewTeam.self, [.text("name", nameText, pattern: namePattern)]), status: .created,
            answer: Team.self
        ) { try await $0.services.addTeam(try await $0.body(NewTeam.self).name, $0.context) },
        APIRoute(
            method: .delete, path: "/teams/{team}", access: administer, action: "team.remove",
            summary: "Removes a team with its grants; its members stay"
        ) { try await $0.services.removeTeam($0.context) },
        APIRoute(
            method: .post, path: "/teams/{team}/members", access: administer, action: "team.member.add",
            summary: "Takes an account into a team",
            body: .of(NewMember.self, [.text("account", "Its name.")]), answer: Team.self
        ) { call in
            let account = try await call.body(NewMember.self).account
            return try await call.services.setMember(account, isMember: true, call.context)
        },
        APIRoute(
            method: .delete, path: "/teams/{team}/members/{account}", access: administer, action: "team.member.remove",
            summary: "Takes an account out of a team"
        ) { call in
            _ = try await call.services.setMember(
                try call.context.parameters.name("account"), isMember: false, call.context)
        },
    ]

    static let grantRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/grants", access: administer, summary: "Who may do what", answer: [GrantView].self
        ) { try await $0.services.grants() },
        APIRoute(
            method: .post, path: "/grants", access: administer, action: "grant.add",
            summary: "Grants a role or a right to an account, a team, or (with neither) everyone",
            body: .of(
                NewGrant.self,
                [
                    .text("account", "To this account."),
                    .text("team", "To the members of this team."),
                    .text("allows", "A role or a right.", values: Allowance.names),
                    .text("app", "On this app alone."),
                    .text("environment", "In this environment alone."),
                ]), status: .created, answer: GrantView.self
        ) { try await $0.services.addGrant(try await $0.body(NewGrant.self), $0.context) },
        APIRoute(
            method: .delete, path: "/grants/{id}", access: administer, action: "grant.remove",
            summary: "Takes a grant back"
        ) { try await $0.services.removeGrant($0.context) },
    ]
}
