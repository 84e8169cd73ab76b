import Access
import Foundation

@testable import Web

extension Sample {
    private func account(_ name: String, _ teams: [String], disabled: Date? = nil) -> Account {
        Account(name: name, createdAt: Self.date(800_000), disabledAt: disabled, hasPassword: true, teams: teams)
    }

    var peoplePage: PeoplePage {
        PeoplePage(
            accounts: [
                account("admin", []), account("ada", ["ops"]),
                account("miguel@example.com", ["ops"], disabled: Self.date(60_000)),
                Account(
                    name: "octo", createdAt: Self.date(700), disabledAt: nil, hasPassword: false, teams: [],
                    provider: "github"),
            ],
            teams: [Team(name: "ops", members: ["ada", "miguel@example.com"]), Team(name: "shop", members: [])],
            grants: [
                GrantView(id: 1, account: "admin", allows: "admin"), GrantView(id: 2, allows: "viewer"),
                GrantView(id: 3, team: "ops", allows: "deployer", environment: "production"),
                GrantView(id: 4, account: "ada", allows: "force", app: "orders", environment: "production"),
            ], apps: ["billing", "orders"], environments: ["production", "staging"],
            made: .init(account: "ada", password: "shown-this-once"))
    }

    var accountPage: AccountPage {
        AccountPage(
            tokens: [
                TokenView(
                    id: 2, name: "ci", account: "ada", rights: ["read", "deploy"], app: "orders",
                    environment: "production",
                    createdAt: Self.date(90_000), expiresAt: Self.date(-900_000), usedAt: Self.date(120)),
                TokenView(id: 1, name: "laptop", createdAt: Self.date(800_000)),
            ], apps: ["billing", "orders"], environments: ["production", "staging"], token: "slp_shown_this_once")
    }

    var auditPage: AuditPage {
        AuditPage(
            entries: [
                AuditEntry(
                    id: 4, at: Self.date(60), actor: "ada", kind: "account", address: "10.0.0.7", action: "grant.add",
                    outcome: .refused),
                AuditEntry(
                    id: 3, at: Self.date(300), actor: "deploy 13", kind: "deploy", address: "127.0.0.1",
                    action: "services.up", outcome: .done, environment: "production", subject: "orders",
                    after: "{\"services\":[\"orders\"]}"),
                AuditEntry(
                    id: 2, at: Self.date(400), actor: "ada/ci", kind: "token", address: "10.0.0.9",
                    action: "deploy.start", outcome: .done, app: "orders", environment: "production", subject: "13",
                    after: "{\"kind\":\"deploy\"}"),
                AuditEntry(
                    id: 1, at: Self.date(90_000), actor: "<script>", kind: "account", address: "203.0.113.9",
                    action: "session.start", outcome: .refused),
            ], cursor: 1)
    }
}
