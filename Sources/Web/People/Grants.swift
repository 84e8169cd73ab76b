import Access
import Hummingbird
import Model

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

/// A grant to be given.
struct NewGrant: Codable, Sendable {
    var account: String?
    var team: String?
    var allows: String
    var app: String?
    var environment: String?
}

/// What pages and API do alike with grants. Each notes what changed for the audit log.
extension WebServices {
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
        try await access.removeGrant(id, keepingAnAdmin: context.keepsAnAdmin)
        context.note.removed(grant)
    }
}
