import Access
import Foundation
import Hummingbird
import Model

/// What pages and API do alike with accounts and teams. Each notes what changed for the audit log.
extension WebServices {
    func addAccount(_ name: String, password: String?, _ context: WebContext) async throws -> Account {
        context.note.set { $0.subject = name }
        let account = try await access.addAccount(name, password: password)
        context.note.added(account)
        return account
    }

    /// Removes the account that the path names.
    func removeAccount(_ context: WebContext) async throws {
        let account = try await access.account(try context.parameters.name("account"))
        try await access.removeAccount(account.name, keepingAnAdmin: context.keepsAnAdmin)
        context.note.removed(account)
    }

    func setDisabled(_ isDisabled: Bool, _ context: WebContext) async throws -> Account {
        let name = try context.parameters.name("account")
        let before = try await access.account(name)
        try await access.setDisabled(isDisabled, name, keepingAnAdmin: context.keepsAnAdmin)
        let after = try await access.account(name)
        context.note.change(from: before, to: after)
        return after
    }

    func addTeam(_ name: String, _ context: WebContext) async throws -> Team {
        context.note.set { $0.subject = name }
        let team = try await access.addTeam(name)
        context.note.added(team)
        return team
    }

    /// Removes the team that the path names.
    func removeTeam(_ context: WebContext) async throws {
        let team = try await access.team(try context.parameters.name("team"))
        try await access.removeTeam(team.name, keepingAnAdmin: context.keepsAnAdmin)
        context.note.removed(team)
    }

    /// Takes an account into the team that the path names, or out of it.
    func setMember(_ account: String, isMember: Bool, _ context: WebContext) async throws -> Team {
        let name = try context.parameters.name("team")
        let before = try await access.team(name)
        try await isMember
            ? access.addMember(account, to: name)
            : access.removeMember(account, from: name, keepingAnAdmin: context.keepsAnAdmin)
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
