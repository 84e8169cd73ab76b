import StackFile

extension SignInFile {
    /// Who may come in, as `allow` says it.
    mutating func restrictions(
        _ node: YAMLNode?, _ kind: SignInConfiguration.Provider.Kind?
    ) -> Restrictions {
        let known = ["everyone", "organizations", "teams", "domains", "groups"]
        guard let node, let map = values.mapping(node, "allow", known: known) else { return Restrictions() }
        var result = Restrictions()
        result.organizations = values.list(map["organizations"], "allow.organizations")
        result.teams = values.list(map["teams"], "allow.teams")
        result.domains = values.list(map["domains"], "allow.domains")
        result.groups = values.list(map["groups"], "allow.groups")
        for team in result.teams where team.split(separator: "/").count != 2 {
            values.diagnostics.error(
                node.place, "allow.teams: \"\(team)\"", hint: "a team is organisation/team, by its slug")
        }
        for domain in result.domains where domain.contains("@") || domain.contains("*") {
            values.diagnostics.error(
                node.place, "allow.domains: \"\(domain)\" is no domain", hint: "what follows the @, whole: acme.com")
        }
        if let item = map["everyone"] {
            guard let everyone = item.bool else {
                values.diagnostics.error(item.place, "allow.everyone must be true or false, not \(item.kind)")
                return result
            }
            if everyone, result != Restrictions() {
                values.diagnostics.error(item.place, "allow has everyone beside other keys", hint: "keep one of them")
            }
            result.everyone = everyone
        }
        switch kind {
        case .gitHub(let url, _):
            if result.everyone, url == Self.gitHubURL { refuseTheWorld(map, node) }
            if let node = map["groups"] {
                values.diagnostics.error(node.place, "GitHub has no groups", hint: "allow.teams")
            }
        case .openID(let issuer, _, _):
            if result.everyone, Self.publicIssuers.contains(issuer) { refuseTheWorld(map, node) }
            for key in ["organizations", "teams"] {
                if let node = map[key] {
                    values.diagnostics.error(
                        node.place, "allow.\(key) is GitHub's", hint: "allow.groups or allow.domains")
                }
            }
        case nil: break
        }
        return result
    }

    private mutating func refuseTheWorld(_ map: [String: YAMLNode], _ node: YAMLNode) {
        values.diagnostics.error(
            map["everyone"]?.place ?? node.place, "allow.everyone would let the whole world in",
            hint: "name organizations, teams or domains")
    }

    /// Which of the provider's groups fills which team of ours.
    mutating func teams(_ node: YAMLNode?) -> [String: String] {
        guard let node else { return [:] }
        guard let pairs = node.mapping else {
            values.diagnostics.error(node.place, "teams must be a mapping, not \(node.kind)", hint: "acme/ops: ops")
            return [:]
        }
        var teams: [String: String] = [:]
        for pair in pairs {
            guard let team = values.text(pair.value, "teams.\(pair.key)") else { continue }
            do {
                try AccountRules.check(name: team, of: "a team")
                teams[pair.key] = team
            } catch {
                values.diagnostics.error(pair.value.place, "teams.\(pair.key): \"\(team)\" can't be the name of a team")
            }
        }
        return teams
    }
}
