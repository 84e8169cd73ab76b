public import Foundation
public import Store

/// Accounts, sessions and tokens: who is it that asks, and what have they been granted.
///
/// Secrets are stored hashed, passwords with scrypt, the random ones with SHA-256; none can be read back.
public final class Access: Sendable {
    let store: Store
    let now: @Sendable () -> Date
    let attempts = SignInAttempts()
    /// Who did what.
    public let audit: AuditLog

    /// A session ends this long after its last use.
    public static let idleLimit: TimeInterval = 7 * 24 * 3600
    /// A session ends this long after the sign-in, used or not.
    public static let absoluteLimit: TimeInterval = 30 * 24 * 3600
    /// The last use of a session or token is written this often.
    static let useInterval: TimeInterval = 60

    public init(store: Store, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.now = now
        audit = AuditLog(store: store)
    }
}
