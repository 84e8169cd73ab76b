import Testing

@testable import Access

/// Who may come in, and what they are called.
@Suite struct AdmissionTests {
    private let ada = OutsideIdentity(
        issuer: "https://github.com", subject: "1", username: "ada", emails: ["ada@acme.com", "ada@home.example"],
        organizations: ["Acme"], teams: ["Acme/ops"], groups: ["Staff"])

    @Test func `Nothing named means nobody`() {
        #expect(admission(of: ada, under: Restrictions()) == .refused(reason: "allow names nobody"))
        #expect(admission(of: ada, under: Restrictions(everyone: true)) == .allowed)
    }

    @Test(
        "One of each kind that is named must fit",
        arguments: [
            (Restrictions(organizations: ["acme", "other"]), true), (Restrictions(organizations: ["other"]), false),
            (Restrictions(teams: ["acme/OPS"]), true), (Restrictions(teams: ["other/ops"]), false),
            (Restrictions(domains: ["ACME.com"]), true), (Restrictions(domains: ["home.example"]), true),
            (Restrictions(domains: ["com"]), false), (Restrictions(domains: ["evil-acme.com"]), false),
            (Restrictions(groups: ["Staff"]), true), (Restrictions(groups: ["staff"]), false),
            (Restrictions(organizations: ["acme"], domains: ["acme.com"]), true),
            (Restrictions(organizations: ["acme"], domains: ["other.com"]), false),
            (Restrictions(organizations: ["acme"], groups: ["nobody"]), false),
        ])
    func kinds(restrictions: Restrictions, isAllowed: Bool) {
        #expect((admission(of: ada, under: restrictions) == .allowed) == isAllowed)
    }

    @Test func `An address without a host has no domain`() {
        let strange = OutsideIdentity(issuer: "i", subject: "1", emails: ["acme.com", "@acme.com", "a@b@acme.com@"])
        #expect(admission(of: strange, under: Restrictions(domains: ["acme.com", ""])) != .allowed)
    }

    @Test(
        "A name is what they are called, as far as it is free",
        arguments: [
            ("ada", [], "ada"), ("Ada", [], "ada"), ("ada", ["ADA"], "ada-github"),
            ("ada", ["ada", "ada-github"], "ada-github-2"), ("admin", [], "admin-github"), ("root", [], "root-github"),
            ("ada lovelace/x", [], "ada-lovelace-x"), ("--ada", [], "ada"), ("ädä", [], "d-"), ("", [], "ada@acme.com"),
            ("日本", [], "ada@acme.com"), (String(repeating: "a", count: 99), [], String(repeating: "a", count: 64)),
        ])
    func names(username: String, taken: [String], name: String) throws {
        var person = ada
        person.username = username
        let chosen = try #require(AccountName.choose(for: person, provider: "github", taken: taken))
        #expect(chosen == name)
        try AccountRules.check(name: chosen, of: "an account")
    }

    @Test func `A long name that is taken still is a name`() throws {
        let long = String(repeating: "a", count: 64)
        let person = OutsideIdentity(issuer: "i", subject: "1", username: long)
        let provider = String(repeating: "p", count: 24)
        let taken = [long] + (0..<98).map { _ in long }
        let chosen = try #require(AccountName.choose(for: person, provider: provider, taken: taken))
        try AccountRules.check(name: chosen, of: "an account")
        #expect(chosen.hasSuffix(provider))
    }

    @Test func `A provider fills the teams that it was given, and no others`() {
        let mapping = ["acme/ops": "operators", "acme/dev": "developers", "Staff": "staff", "ACME/OPS": "operators"]
        let changes = teamChanges(for: ada, mapping: mapping, current: ["developers", "by-hand"])
        #expect(changes == TeamChanges(joins: ["operators", "staff"], leaves: ["developers"]))
        #expect(teamChanges(for: ada, mapping: [:], current: ["by-hand"]) == TeamChanges(joins: [], leaves: []))
    }
}
