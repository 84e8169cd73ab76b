public import struct Foundation.Date

/// For whom a secret is: everywhere, or bounded by an app, an environment, a context, or several of them.
public struct SecretPlace: Hashable, Sendable, Codable {
    /// Name of the variable or the file: an environment variable's syntax.
    public var name: String
    /// Nil: all apps.
    public var app: String?
    /// Nil: all environments.
    public var environment: String?
    /// A named group that an app's slipway.yml must list; nil: needs no list.
    public var context: String?

    public init(name: String, app: String? = nil, environment: String? = nil, context: String? = nil) {
        self.name = name
        self.app = app
        self.environment = environment
        self.context = context
    }

    /// `DB_PASSWORD of orders in production, context payments`, for messages.
    public var description: String {
        name + (app.map { " of \($0)" } ?? "") + (environment.map { " in \($0)" } ?? "")
            + (context.map { ", context \($0)" } ?? "")
    }

    /// Whether a name can be a variable's: letters, digits and `_`, no digit first.
    public static func isUsable(name: String) -> Bool {
        name.utf8.count <= 200 && name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
    }

    /// Whether a name can be a context's.
    public static func isUsable(context: String) -> Bool {
        context.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,62}/) != nil
    }
}

/// What may be known of a secret: everything but its value.
public struct Secret: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// An environment variable holds the value.
        case variable
        /// A file holds the value; steps and scripts get a variable with its path.
        case file
    }

    public var place: SecretPlace
    public var kind: Kind
    /// Another one with every value that is set: tells that the value changed, and nothing of the value.
    public var version: String
    public var updatedAt: Date
    /// Name of who set it last.
    public var updatedBy: String

    public init(place: SecretPlace, kind: Kind, version: String, updatedAt: Date, updatedBy: String) {
        self.place = place
        self.kind = kind
        self.version = version
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
    }
}
