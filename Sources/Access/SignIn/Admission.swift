/// Whether somebody from outside may come in.
public enum Admission: Hashable, Sendable {
    case allowed
    /// The reason is for the server's log: a stranger need not know who is let in.
    case refused(reason: String)
}

/// Whether the restrictions let `identity` in. The one place where this is decided; nothing configured means nobody.
public func admission(of identity: OutsideIdentity, under restrictions: Restrictions) -> Admission {
    if restrictions.areNone { return .refused(reason: "allow names nobody") }
    // Names of GitHub and of hosts know no case; a group is what the provider says, letter for letter.
    let kinds: [(name: String, wanted: [String], has: [String])] = [
        (
            "organizations", restrictions.organizations.map { $0.lowercased() },
            identity.organizations.map { $0.lowercased() }
        ),
        ("teams", restrictions.teams.map { $0.lowercased() }, identity.teams.map { $0.lowercased() }),
        ("domains", restrictions.domains.map { $0.lowercased() }, identity.emails.compactMap(domain)),
        ("groups", restrictions.groups, identity.groups),
    ]
    for kind in kinds where !kind.wanted.isEmpty {
        guard !Set(kind.wanted).isDisjoint(with: kind.has) else {
            let has = kind.has.isEmpty ? "none" : kind.has.joined(separator: ", ")
            return .refused(reason: "none of allow.\(kind.name) fits: it has \(has)")
        }
    }
    return .allowed
}

/// What follows the last `@`, in small letters.
private func domain(of address: String) -> String? {
    guard let at = address.lastIndex(of: "@"), at != address.startIndex else { return nil }
    let domain = address[address.index(after: at)...].lowercased()
    return domain.isEmpty ? nil : domain
}

/// Which teams of Slipway somebody joins and leaves: a provider fills those that its `teams` name, and no others.
public struct TeamChanges: Hashable, Sendable {
    public var joins: [String]
    public var leaves: [String]
}

/// Compares what the provider says with the teams that the account is in.
public func teamChanges(
    for identity: OutsideIdentity, mapping: [String: String], current: [String]
) -> TeamChanges {
    let (teams, groups) = (Set(identity.teams.map { $0.lowercased() }), Set(identity.groups))
    let wanted = Set(mapping.filter { groups.contains($0.key) || teams.contains($0.key.lowercased()) }.values)
    let managed = Set(mapping.values)
    return TeamChanges(
        joins: wanted.subtracting(current).sorted(), leaves: managed.subtracting(wanted).intersection(current).sorted())
}
