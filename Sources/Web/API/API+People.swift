import Access
import HTTPTypes
import Hummingbird
import Model

extension API {
    private struct NewAccount: Decodable {
        var name: String
        var password: String?
    }
    private struct NewPassword: Decodable { var password: String? }
    private struct PasswordAnswer: Encodable { var password: String? }
    private struct NewTeam: Decodable { var name: String }
    private struct NewMember: Decodable { var account: String }

    private static let administer = RouteAccess.right(.administer, .server)

    static let accountRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/accounts", access: administer, summary: "Who can sign in", answer: "[Account]"
        ) { try .value(try await $0.services.access.accounts()) },
        APIRoute(
            method: .post, path: "/accounts", access: administer, action: "account.add",
            summary: "Adds an account, which may do nothing until it is granted something",
            body: [
                .init(name: "name", text: "Letters, digits, '.', '_', '@', '-'.", isRequired: true),
                .init(name: "password", text: "12 characters or more; without it, it can't sign in with one."),
            ], status: .created, answer: "Account"
        ) { call in
            let new = try await call.body(NewAccount.self)
            return try .value(
                try await call.services.addAccount(new.name, password: new.password, call.context), .created)
        },
        APIRoute(
            method: .delete, path: "/accounts/{account}", access: administer, action: "account.remove",
            summary: "Removes an account with its tokens and grants", status: .noContent, answer: ""
        ) { call in
            try await call.services.removeAccount(call.context)
            return .nothing
        },
        APIRoute(
            method: .post, path: "/accounts/{account}/password", access: administer, action: "account.password",
            summary: "Gives an account a new password and signs it out; one that is made here is shown once",
            body: [.init(name: "password", text: "12 characters or more; without it, one is made.")],
            answer: "Password"
        ) { call in
            let (given, name) = (
                try await call.body(NewPassword.self).password, try call.context.parameters.name("account")
            )
            var answer = PasswordAnswer()
            if let given {
                try await call.services.access.setPassword(given, of: name)
            } else {
                answer.password = try await call.services.access.resetPassword(of: name)
            }
            // Not kept for a repeated request.
            return .raw(try APIAnswer.value(answer).response)
        },
        APIRoute(
            method: .post, path: "/accounts/{account}/disable", access: administer, action: "account.disable",
            summary: "Lets an account and its tokens in no more", answer: "Account"
        ) { try .value(try await $0.services.setDisabled(true, $0.context)) },
        APIRoute(
            method: .post, path: "/accounts/{account}/enable", access: administer, action: "account.enable",
            summary: "Lets an account and its tokens in again", answer: "Account"
        ) { try .value(try await $0.services.setDisabled(false, $0.context)) },
        APIRoute(
            method: .post, path: "/accounts/{account}/sign-out", access: administer, action: "account.sign-out",
            summary: "Ends all sessions of an account", answer: "Account"
        ) { call in
            let account = try await call.services.access.account(try call.context.parameters.name("account"))
            try await call.services.access.signOutEverywhere(account: account.name)
            return try .value(account)
        },
    ]

    static let teamRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/teams", access: administer, summary: "Teams with their members", answer: "[Team]"
        ) { try .value(try await $0.services.access.teams()) },
        APIRoute(
            method: .post, path: "/teams", access: administer, action: "team.add", summary: "Adds a team",
            body: [.init(name: "name", text: "Letters, digits, '.', '_', '@', '-'.", isRequired: true)],
            status: .created, answer: "Team"
        ) { call in
            try .value(try await call.services.addTeam(try await call.body(NewTeam.self).name, call.context), .created)
        },
        APIRoute(
            method: .delete, path: "/teams/{team}", access: administer, action: "team.remove",
            summary: "Removes a team with its grants; its members stay", status: .noContent, answer: ""
        ) { call in
            try await call.services.removeTeam(call.context)
            return .nothing
        },
        APIRoute(
            method: .post, path: "/teams/{team}/members", access: administer, action: "team.member.add",
            summary: "Takes an account into a team",
            body: [.init(name: "account", text: "Its name.", isRequired: true)], answer: "Team"
        ) { call in
            let account = try await call.body(NewMember.self).account
            return try .value(try await call.services.setMember(account, isMember: true, call.context))
        },
        APIRoute(
            method: .delete, path: "/teams/{team}/members/{account}", access: administer, action: "team.member.remove",
            summary: "Takes an account out of a team", status: .noContent, answer: ""
        ) { call in
            _ = try await call.services.setMember(
                try call.context.parameters.name("account"), isMember: false, call.context)
            return .nothing
        },
    ]

    static let grantRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/grants", access: administer, summary: "Who may do what", answer: "[Grant]"
        ) { try .value(try await $0.services.grants()) },
        APIRoute(
            method: .post, path: "/grants", access: administer, action: "grant.add",
            summary: "Grants a role or a right to an account, a team, or (with neither) everyone",
            body: [
                .init(name: "account", text: "To this account."),
                .init(name: "team", text: "To the members of this team."),
                .init(
                    name: "allows", text: "One of \(Allowance.names.joined(separator: ", ")).", isRequired: true),
                .init(name: "app", text: "On this app alone."),
                .init(name: "environment", text: "In this environment alone."),
            ], status: .created, answer: "Grant"
        ) { call in
            let grant = try await call.services.addGrant(try await call.body(NewGrant.self), call.context)
            return try .value(grant, .created)
        },
        APIRoute(
            method: .delete, path: "/grants/{id}", access: administer, action: "grant.remove",
            summary: "Takes a grant back", status: .noContent, answer: ""
        ) { call in
            try await call.services.removeGrant(call.context)
            return .nothing
        },
    ]
}
