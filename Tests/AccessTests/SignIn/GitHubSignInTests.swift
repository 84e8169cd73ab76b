import Testing

@testable import Access

/// The whole sign-in at a GitHub.
@Suite struct GitHubSignInTests {
    @Test func `A member of the organisation signs in, and stays the same when the login changes`() async throws {
        try await StubGitHub.run(allowed: Restrictions(organizations: ["ACME"])) {
            github, signIn, access async throws in
            let entry = try #require(try await github.signIn(through: signIn).entry)
            #expect(entry.account == "octo")
            #expect(github.scope == "read:user user:email read:org")
            github.change { $0.login = "octocat" }
            #expect(try await github.signIn(through: signIn).entry?.account == "octo")
            github.change { $0.id = 2 }
            #expect(try await github.signIn(through: signIn).entry?.account == "octocat")
            // Somebody who takes the login that was given up is somebody else.
            github.change { ($0.id, $0.login) = (3, "octo") }
            #expect(try await github.signIn(through: signIn).entry?.account == "octo-github")
            #expect(try await access.accounts().map(\.hasPassword) == [false, false, false])
        }
    }

    @Test func `Another organisation, or none, is refused`() async throws {
        try await StubGitHub.run(allowed: Restrictions(organizations: ["acme"])) {
            github, signIn, access async throws in
            for organizations in [[], ["other"], ["acme-evil"]] {
                github.change { $0.organizations = organizations }
                #expect(try await github.signIn(through: signIn).failure == "octo of GitHub may not come in")
            }
            #expect(try await access.accounts().isEmpty)
        }
    }

    @Test func `An address counts when it is verified, and nothing more is asked for`() async throws {
        try await StubGitHub.run(allowed: Restrictions(domains: ["acme.com"])) { github, signIn, _ async throws in
            github.change { $0.emails = [("octo@acme.com", true, false), ("octo@home.example", false, true)] }
            #expect(try await github.signIn(through: signIn).failure == "octo of GitHub may not come in")
            github.change { $0.emails = [("octo@home.example", true, true), ("octo@acme.com", false, true)] }
            #expect(try await github.signIn(through: signIn).entry != nil)
            #expect(github.scope == "read:user user:email")
            #expect(!github.asked.contains { $0.contains("orgs") })
        }
    }

    @Test func `A team on the second page counts, and fills a team of ours`() async throws {
        try await StubGitHub.run(
            allowed: Restrictions(teams: ["acme/ops"]), teams: ["acme/ops": "operators"]
        ) { github, signIn, access async throws in
            github.change { $0.teams = (1...100).map { "acme/team-\($0)" } + ["acme/ops"] }
            #expect(try await github.signIn(through: signIn).entry != nil)
            #expect(try await access.account("octo").teams == ["operators"])
        }
    }

    @Test func `A code that GitHub doesn't know signs nobody in, and no secret is told`() async throws {
        try await StubGitHub.run(allowed: Restrictions(organizations: ["acme"])) {
            github, signIn, access async throws in
            let outcome = try await github.signIn(through: signIn, code: "made-up")
            #expect(outcome.failure == "What GitHub answered could not be verified")
            #expect(outcome.reason == "the token endpoint answered 200 bad_verification_code: ••• is wrong")
            #expect(try await access.accounts().isEmpty)
        }
    }
}
