import Foundation
import GRDB
import Model
import Secrets
import Store
import Testing

@testable import Access

struct AccessTests {
    private func access(at time: Date = Date()) throws -> Access {
        Access(store: try Store(path: nil, migrations: Access.migrations), now: { time })
    }

    @Test func `The first start makes one admin, and its password is seen once`() async throws {
        let access = try access()
        let password = try #require(try await access.makeFirstAccount())
        #expect(try await access.makeFirstAccount() == nil)
        let secret = try await access.signIn(account: "admin", password: password)
        let session = try #require(try await access.session(secret))
        #expect(session.principal.actor == Actor(name: "admin", kind: .account))
        #expect(isAllowed(.administer, on: .server, for: session.principal))
        try await access.signOut(session: secret)
        #expect(try await access.session(secret) == nil)
    }

    @Test func `A wrong password and an unknown name are told apart by nobody, and five of them wait`() async throws {
        let access = try access()
        let password = try #require(try await access.makeFirstAccount())
        for name in ["admin", "nobody"] {
            let failure = await #expect(throws: Failure.self) { try await access.signIn(account: name, password: "x") }
            #expect(failure?.message == "That name and password don't match an account")
        }
        for _ in 0..<4 { _ = try? await access.signIn(account: "admin", password: "x") }
        let failure = await #expect(throws: Failure.self) {
            try await access.signIn(account: "admin", password: password)
        }
        #expect(failure?.code == .tooMany)
    }

    @Test func `An address that tries many names must wait too`() {
        let (attempts, now) = (SignInAttempts(), Date())
        for number in 0..<20 { #expect(attempts.begin(account: "a\(number)", address: "::1", at: now)) }
        #expect(!attempts.begin(account: "a20", address: "::1", at: now + 59))
        #expect(attempts.begin(account: "a20", address: "::2", at: now + 59))
        #expect(attempts.begin(account: "a20", address: "::1", at: now + 60))
    }

    @Test func `Attempts that succeed don't count`() {
        let (attempts, now) = (SignInAttempts(), Date())
        for _ in 0..<40 {
            #expect(attempts.begin(account: "ada", address: "::1", at: now))
            attempts.succeeded(account: "ada", address: "::1", at: now)
        }
    }

    @Test func `Who is disabled, removed or given a new password is signed out`() async throws {
        let access = try access()
        try await access.addAccount("ada", password: "correct horse battery")
        func session() async throws -> String {
            try await access.signIn(account: "ada", password: "correct horse battery")
        }
        let (one, two) = (try await session(), try await session())
        try await access.setPassword("correct horse battery", of: "ada", keeping: two)
        #expect(try await access.session(one) == nil)
        #expect(try await access.session(two) != nil)
        let token = try await access.makeToken(named: "ci", account: "ada")
        try await access.setDisabled(true, "ada")
        #expect(try await access.session(two) == nil)
        #expect(try await access.principal(token: token) == nil)
        await #expect(throws: Failure.self) { try await session() }
        try await access.setDisabled(false, "ada")
        #expect(try await access.principal(token: token)?.actor.name == "ada/ci")
        let three = try await session()
        try await access.signOutEverywhere(account: "ada")
        #expect(try await access.session(three) == nil)
        try await access.removeAccount("ada")
        #expect(try await access.principal(token: token) == nil)
    }

    @Test func `An account without a password can't sign in with one`() async throws {
        let access = try access()
        try await access.addAccount("ada", password: nil)
        for password in ["", "x"] {
            await #expect(throws: Failure.self) { try await access.signIn(account: "ada", password: password) }
        }
        #expect(try await access.session(try await access.makeSession(of: "ada")) != nil)
    }

    @Test func `Grants reach an account itself, through its team, and as everyone`() async throws {
        let access = try access()
        try await access.addAccount("ada", password: nil)
        try await access.addTeam("ops")
        let secret = try await access.makeSession(of: "ada")
        func may(_ right: Right) async throws -> Bool {
            try #require(try await access.session(secret)).principal.may(right, .target(app: 1, environment: 2))
        }
        #expect(try await !may(.read))
        let everyone = try await access.addGrant(to: .everyone, .role(.viewer))
        #expect(try await may(.read))
        _ = try await access.addGrant(to: .team("ops"), .role(.deployer), scope: Scope(appID: 1))
        #expect(try await !may(.deploy))
        try await access.addMember("ada", to: "ops")
        #expect(try await may(.deploy))
        try await access.removeMember("ada", from: "ops")
        #expect(try await !may(.deploy))
        _ = try await access.addGrant(to: .account("ada"), .right(.force), scope: Scope(environmentID: 2))
        #expect(try await may(.force))
        try await access.removeGrant(everyone.id)
        await #expect(throws: Failure.self) { try await access.removeGrant(everyone.id) }
        await #expect(throws: Failure.self) { try await access.addGrant(to: .team("dev"), .role(.viewer)) }
        try await access.removeTeam("ops")
        #expect(try await access.grants().map(\.allowance) == [.right(.force)])
    }

    @Test func `A deploy's token is good for its own environment alone, until it is revoked`() async throws {
        let access = try access()
        let secret = try await access.makeDeployToken(deploy: 7, environment: 1)
        let script = try #require(try await access.principal(token: secret))
        #expect(script.may(.operate, .environment(1)))
        #expect(!script.may(.operate, .environment(2)))
        #expect(try await access.tokens() == [])
        try await access.revokeDeployTokens(deploy: 7)
        #expect(try await access.principal(token: secret) == nil)
    }

    @Test func `A token ends when its time is over, or when it is revoked`() async throws {
        let store = try Store(path: nil, migrations: Access.migrations)
        let start = Date()
        func access(_ seconds: Double) -> Access { Access(store: store, now: { start + seconds }) }
        let bounds = TokenBounds(rights: [.deploy], scope: Scope(appID: 3))
        let secret = try await access(0).makeToken(named: "ci", bounds: bounds, expiresAfter: 60)
        #expect(try await access(0).tokens().first?.usedAt == nil)
        #expect(try await access(59).principal(token: secret)?.bounds == bounds)
        #expect(try await access(61).principal(token: secret) == nil)
        let token = try #require(try await access(61).tokens().first)
        #expect(token.usedAt?.timeIntervalSince(start).rounded() == 59)
        try await access(61).revokeToken(token.id)
        #expect(try await access(59).principal(token: secret) == nil)
    }

    @Test func `The last use of a token is written once a minute`() async throws {
        let store = try Store(path: nil, migrations: Access.migrations)
        let start = Date()
        func used(_ seconds: Double, _ secret: String) async throws -> Double? {
            let access = Access(store: store, now: { start + seconds })
            _ = try await access.principal(token: secret)
            return try await access.tokens().first?.usedAt?.timeIntervalSince(start).rounded()
        }
        let secret = try await Access(store: store, now: { start }).makeToken(named: "ci")
        #expect(try await used(1, secret) == 1)
        #expect(try await used(30, secret) == 1)
        #expect(try await used(62, secret) == 62)
    }

    @Test func `A session ends a week after its last use, and a month after its beginning`() async throws {
        let (store, start, day) = (try Store(path: nil, migrations: Access.migrations), Date(), 86_400.0)
        let first = Access(store: store, now: { start })
        try await first.addAccount("ada", password: nil)
        let (used, idle) = (try await first.makeSession(of: "ada"), try await first.makeSession(of: "ada"))
        func isOpen(_ secret: String, after days: Double) async throws -> Bool {
            try await Access(store: store, now: { start + days * day }).session(secret) != nil
        }
        for days in [6.0, 12, 18, 24, 29.9] { #expect(try await isOpen(used, after: days)) }
        #expect(try await !isOpen(used, after: 30.1))
        #expect(try await !isOpen(idle, after: 7.1))
    }

    @Test func `Accounts of before are admins, and tokens of before go on`() async throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/access-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let (laptop, script) = ("slp_laptop", "slp_script")
        do {
            let old = try Store(path: path, migrations: Array(Access.migrations.prefix(1)))
            try await old.write { db in
                try db.execute(
                    sql: "INSERT INTO account (name, passwordHash, createdAt) VALUES ('root', 'x', ?)",
                    arguments: [Date()])
                try db.execute(
                    sql: "INSERT INTO session VALUES (?, 'root', 'csrf', ?2, ?2)",
                    arguments: [Token.hash("sls_1"), Date()])
                try db.execute(
                    sql: """
                        INSERT INTO token (hash, name, actor, createdAt)
                        VALUES (?1, 'laptop', '{"name":"laptop","kind":{"token":{}}}', ?3),
                            (?2, 'deploy 5', '{"name":"deploy 5","kind":{"deploy":{"id":5,"environmentID":2}}}', ?3)
                        """, arguments: [Token.hash(laptop), Token.hash(script), Date()])
            }
        }
        let access = Access(store: try Store(path: path, migrations: Access.migrations))
        let session = try #require(try await access.session("sls_1"))
        #expect(session.principal.may(.administer, .server))
        let token = try #require(try await access.principal(token: laptop))
        #expect(token.actor.name == "laptop")
        #expect(token.may(.administer, .server))
        let deploy = try #require(try await access.principal(token: script))
        #expect(deploy.actor == Actor(name: "deploy 5", kind: .deploy(id: 5, environmentID: 2)))
    }

    @Test(arguments: ["", "a b", "-a", "a/b", "é", String(repeating: "a", count: 65)])
    func `Names that would be mistaken are refused`(name: String) async throws {
        let access = try access()
        await #expect(throws: Failure.self) { try await access.addAccount(name, password: nil) }
        await #expect(throws: Failure.self) { try await access.addTeam(name) }
    }

    @Test func `A short password is refused, and a name that is taken`() async throws {
        let access = try access()
        await #expect(throws: Failure.self) { try await access.addAccount("ada", password: "elevenchars") }
        try await access.addAccount("ada", password: "twelve chars")
        await #expect(throws: Failure.self) { try await access.addAccount("ada", password: nil) }
    }

    @Test(arguments: [
        "elevenchars", "a   b   c   d", "qwerty123456", "QWERTY123456", "passwordpassword", "111111111111",
        "ababababababab", "bernadette-12", String(repeating: "abcdefgh ", count: 15),
    ])
    func `A password that is tried first is refused`(password: String) async throws {
        let access = try access()
        await #expect(throws: Failure.self) { try await access.addAccount("bernadette", password: password) }
        try await access.addAccount("ada", password: nil)
        await #expect(throws: Failure.self) {
            try await access.setPassword(password.replacing("bernadette", with: "ada"), of: "bernadette")
        }
    }

    @Test(arguments: [
        "twelve chars", "correct horse battery", "пароль из слов", "密码由许多文字组成今天下雨", "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧",
        String(repeating: "abcdefgh", count: 16), "        spaces count too", "'; DROP TABLE account; --",
    ])
    func `Any other is taken, whole and with all of its characters`(password: String) async throws {
        let access = try access()
        try await access.addAccount("ada", password: password)
        _ = try await access.signIn(account: "ada", password: password)
        await #expect(throws: Failure.self) {
            try await access.signIn(account: "ada", password: String(password.dropLast()))
        }
        // Any other may follow, the same one too: nothing asks for a change.
        try await access.setPassword(password, of: "ada")
    }

    @Test func `The common passwords are such as would be taken`() {
        #expect(CommonPasswords.all.count > 150)
        for password in CommonPasswords.all {
            #expect(AccountRules.passwordLength.contains(password.count) && password == password.lowercased())
        }
    }
}
