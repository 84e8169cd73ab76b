public import struct Foundation.Date
import GRDB
import Model

/// Somebody who can sign in.
public struct Account: Hashable, Sendable, Codable, Identifiable {
    public var name: String
    public var createdAt: Date
    /// Since when it can't sign in, nor its tokens be used; nil when it can.
    public var disabledAt: Date?
    /// Whether it can sign in with a password; one that comes from elsewhere has none.
    public var hasPassword: Bool
    /// The teams that it is in, by name.
    public var teams: [String]
    /// The provider through which it signs in; nil where that is no matter of any.
    public var provider: String?

    public var id: String { name }

    public init(
        name: String, createdAt: Date, disabledAt: Date?, hasPassword: Bool, teams: [String], provider: String? = nil
    ) {
        self.name = name
        self.createdAt = createdAt
        self.disabledAt = disabledAt
        self.hasPassword = hasPassword
        self.teams = teams
        self.provider = provider
    }
}

/// Accounts that are granted the same things.
public struct Team: Hashable, Sendable, Codable, Identifiable {
    public var name: String
    /// By name.
    public var members: [String]

    public var id: String { name }

    public init(name: String, members: [String]) {
        self.name = name
        self.members = members
    }
}

/// What names of accounts and teams, and passwords, must be like.
enum AccountRules {
    /// As many as one can type, and enough against guessing.
    static let passwordLength = 12...128

    static func check(name: String, of what: String) throws {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._@-]{0,63}/) != nil else {
            throw Failure(
                .invalid, "\(name.isEmpty ? "An empty text" : String(name.prefix(64))) can't be the name of \(what)",
                hint: "Up to 64 letters, digits, '.', '_', '@' and '-', beginning with a letter or digit.")
        }
    }

    /// Whichever characters one likes; but what is guessed first is no password: what everybody has, the account's own
    /// name, or a few characters again and again.
    static func check(password: String, of account: String) throws {
        // Spaces in a row are one, as to how much there is to guess.
        let count = password.replacing(#/ {2,}/#, with: " ").count
        guard passwordLength.lowerBound <= count, password.count <= passwordLength.upperBound else {
            throw Failure(
                .invalid, "The password has \(count) characters",
                hint: "\(passwordLength.lowerBound) to \(passwordLength.upperBound) of them, whichever you like.")
        }
        let plain = password.lowercased()
        let isNamed = account.count > 3 && plain.replacing(account.lowercased(), with: "").count < 8
        guard !CommonPasswords.all.contains(plain), !isNamed, Set(plain).count > 4 else {
            throw Failure(
                .invalid, "The password is among those that are tried first",
                hint: "Some words that don't belong together make a good one.")
        }
    }
}
