/// The name for the new account of somebody from outside: what they are called there, as far as our rules allow, and
/// never one that is or looks like somebody else's.
public enum AccountName {
    /// Names that say something in the audit log, or that people trust.
    static let reserved: Set = ["admin", "administrator", "local", "nobody", "root", "slipway", "system"]

    /// The first of `ada`, `ada-github`, `ada-github-2`, … that nobody has; nil where a hundred are taken.
    public static func choose(for identity: OutsideIdentity, provider: String, taken: [String]) -> String? {
        let taken = Set(taken.map { $0.lowercased() }).union(reserved)
        let wanted =
            [identity.username, identity.emails.first, identity.subject].compactMap { $0.map(usable) }
            .first { !$0.isEmpty } ?? "user"
        let other = String(wanted.prefix(63 - provider.count - 4)) + "-" + provider
        return ([wanted, other] + (2...99).map { "\(other)-\($0)" }).first { !taken.contains($0) }
    }

    /// In small letters, what is not a letter or digit of ASCII, `.`, `_`, `@` or `-` as `-`, at most 64 of them.
    private static func usable(_ text: String) -> String {
        let mapped = text.lowercased().unicodeScalars.map { scalar -> Character in
            switch scalar.value {
            case 48...57, 97...122: Character(scalar)
            case 45, 46, 64, 95: Character(scalar)
            default: "-"
            }
        }
        return String(String(mapped.drop { !($0.isLetter || $0.isNumber) }).prefix(64))
    }
}
