import Access
import Delivery
import Foundation
import Hummingbird
import Model
import Stacks

/// A grant as the API and the pages show it: names in place of ids.
struct GrantView: Codable, Sendable, Hashable, Identifiable {
    var id: Int64
    /// Neither an account nor a team means everyone.
    var account: String?
    var team: String?
    /// The name of a role or a right.
    var allows: String
    var app: String?
    var environment: String?
}

/// A token as the API and the pages show it.
struct TokenView: Codable, Sendable, Hashable, Identifiable {
    var id: Int64
    var name: String
    /// Nil for one of the machine itself.
    var account: String?
    /// Nil means all that its owner has.
    var rights: [String]?
    var app: String?
    var environment: String?
    var createdAt: Date
    var expiresAt: Date?
    var usedAt: Date?
}

/// A token to be made.
struct NewToken: Codable, Sendable {
    var name: String
    var rights: [String]?
    var app: String?
    var environment: String?
    var days: Int?
}

/// A grant to be given.
struct NewGrant: Codable, Sendable {
    var account: String?
    var team: String?
    var allows: String
    var app: String?
    var environment: String?
}

/// What pages and API do alike with people and tokens. Each notes what changed for the audit log.
extension WebServices {
    // MARK: Scopes

    /// What the names mean. Throws `.notFound`, without a list of what there is, for what the caller may not see.
    func scope(app: String?, environment: String?, _ context: WebContext) async throws -> Scope {
        var scope = Scope()
        if let app, !app.isEmpty {
            guard let found = try await apps(context).first(where: { $0.app.name == app }) else {
                throw Failure(.notFound, "There is no app \(app)")
            }
            scope.appID = found.app.id
        }
        if let environment, !environment.isEmpty {
            let visible = try await environments(context)
            guard let found = visible.first(where: { ([$0.name] + $0.aliases).contains(environment) }) else {
                throw Failure(.notFound, "There is no environment \(environment)")
            }
            scope.environmentID = found.id
        }
        return scope
    }

    private func names() async throws -> (@Sendable (Scope) -> (app: String?, environment: String?)) {
        let apps = Dictionary(try await delivery.apps().map { ($0.app.id, $0.app.name) }) { first, _ in first }
        let environments = Dictionary(try await stacks.environments().map { ($0.id, $0.name) }) { first, _ in first }
        return { scope in
            (
                scope.appID.map { apps[$0] ?? "app \($0)" },
                scope.environmentID.map { environments[$0] ?? "environment \($0)" }
            )
        }
    }

    // MARK: Tokens

    /// The tokens of the one who asks; of everyone for who administers.
    func tokens(_ context: WebContext) async throws -> [TokenView] {
        let names = try await names()
        return try await access.tokens().filter { isTheirs($0, context) }.map { token in
            let (app, environment) = names(token.bounds.scope)
            return TokenView(
                id: token.id, name: token.name, account: token.account,
                rights: token.bounds.rights.map { rights in Right.allCases.filter(rights.contains).map(\.rawValue) },
                app: app, environment: environment, createdAt: token.createdAt, expiresAt: token.expiresAt,
                usedAt: token.usedAt)
        }
    }

    private func isTheirs(_ token: AccessToken, _ context: WebContext) -> Bool {
        if context.may(.administer, .server) { return true }
        return token.account != nil && token.account == context.principal?.actor.account
    }

    /// Makes a token of the one who asks and returns its secret.
    func makeToken(_ new: NewToken, _ context: WebContext) async throws -> String {
        let rights = try new.rights.map { names in
            try Set(
                names.map { name in
                    guard let right = Right(rawValue: name) else {
                        throw Failure(
                            .invalid, "\(name) is not a right",
                            hint: Right.allCases.map(\.rawValue).joined(separator: ", "))
                    }
                    return right
                })
        }
        if let days = new.days, !(1...3650).contains(days) {
            throw Failure(.invalid, "A token can't expire after \(days) days", hint: "1 to 3650 days.")
        }
        let scope = try await scope(app: new.app, environment: new.environment, context)
        let name = new.name.trimmed
        let secret = try await access.makeToken(
            named: name, account: context.principal?.actor.account, bounds: TokenBounds(rights: rights, scope: scope),
            expiresAfter: new.days.map { Double($0) * 86_400 })
        context.note.set { $0.subject = name }
        context.note.added(new)
        return secret
    }

    /// Ends the token that the path names. Throws `.notFound` for one of somebody else.
    func revokeToken(_ context: WebContext) async throws {
        let id = try context.parameters.id()
        guard let token = try await tokens(context).first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no token \(id)")
        }
        try await access.revokeToken(id)
        context.note.set { $0.subject = "\(id)" }
        context.note.removed(token)
    }

    // MARK: Grants

    func grants() async throws -> [GrantView] {
        let names = try await names()
        return try await access.grants().map { view($0, names) }
    }

    private func view(_ grant: Grant, _ names: (Scope) -> (app: String?, environment: String?)) -> GrantView {
        let (app, environment) = names(grant.scope)
        var view = GrantView(id: grant.id, allows: grant.allowance.name, app: app, environment: environment)
        switch grant.subject {
        case .account(let name): view.account = name
        case .team(let name): view.team = name
        case .everyone: break
        }
        return view
    }

    func addGrant(_ new: NewGrant, _ context: WebContext) async throws -> GrantView {
        guard let allowance = Allowance(new.allows) else {
            throw Failure(
                .invalid, "\(new.allows) is neither a role nor a right",
                hint: Allowance.names.joined(separator: ", "))
        }
        let subject: Grant.Subject
        switch (new.account, new.team) {
        case (let account?, nil): subject = .account(account)
        case (nil, let team?): subject = .team(team)
        case (nil, nil): subject = .everyone
        case (_?, _?): throw Failure(.invalid, "A grant is to an account or to a team, not to both")
        }
        let scope = try await scope(app: new.app, environment: new.environment, context)
        let grant = view(try await access.addGrant(to: subject, allowance, scope: scope), try await names())
        context.note.set { $0.subject = "\(grant.id)" }
        context.note.added(grant)
        return grant
    }

    /// Takes the grant back that the path names.
    func removeGrant(_ context: WebContext) async throws {
        let id = try context.parameters.id()
        let grant = try await grants().first { $0.id == id }
        try await access.removeGrant(id)
        context.note.removed(grant)
    }

    // MARK: Accounts and teams

    func addAccount(_ name: String, password: String?, _ context: WebContext) async throws -> Account {
        context.note.set { $0.subject = name }
        let account = try await access.addAccount(name, password: password)
        context.note.added(account)
        return account
    }

    /// Removes the account that the path names.
    func removeAccount(_ context: WebContext) async throws {
        let account = try await access.account(try context.parameters.name("account"))
        try await access.removeAccount(account.name)
        context.note.removed(account)
    }

    func setDisabled(_ isDisabled: Bool, _ context: WebContext) async throws -> Account {
        let name = try context.parameters.name("account")
        let before = try await access.account(name)
        try await access.setDisabled(isDisabled, name)
        let after = try await access.account(name)
        context.note.change(from: before, to: after)
        return after
    }

    func addTeam(_ name: String, _ context: WebContext) async throws -> Team {
        context.note.set { $0.subject = name }
        return try await access.addTeam(name)
    }

    /// Removes the team that the path names.
    func removeTeam(_ context: WebContext) async throws {
        let team = try await access.team(try context.parameters.name("team"))
        try await access.removeTeam(team.name)
        context.note.removed(team)
    }

    /// Takes an account into the team that the path names, or out of it.
    func setMember(_ account: String, isMember: Bool, _ context: WebContext) async throws -> Team {
        let name = try context.parameters.name("team")
        let before = try await access.team(name)
        try await isMember
            ? access.addMember(account, to: name) : access.removeMember(account, from: name)
        let after = try await access.team(name)
        context.note.set { $0.subject = name }
        context.note.change(from: before, to: after)
        return after
    }
}

extension Parameters {
    /// The name of an account or a team, which may have an `@`.
    func name(_ parameter: String) throws -> String {
        let text = try require(parameter)
        return text.removingPercentEncoding ?? text
    }
}
