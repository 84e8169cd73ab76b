import Access
import Delivery
import Foundation
import Hummingbird
import Model

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

/// What pages and API do alike with tokens. Each notes what changed for the audit log.
extension WebServices {
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
}
