import GRDB
import Model
import Store
import Testing

@testable import Access

/// How long a browser stays signed in.
@Suite struct SessionTests {
    private static let day = 86_400.0

    private func begin() async throws -> (access: Access, clock: StubClock, secret: String) {
        let clock = StubClock()
        let access = Access(store: try Store(path: nil, migrations: Access.migrations), now: { clock.now })
        try await access.addAccount("ada", password: nil)
        return (access, clock, try await access.makeSession(of: "ada"))
    }

    @Test func `A session ends a week after its last use`() async throws {
        let (access, clock, secret) = try await begin()
        for _ in 0..<3 {
            clock.pass(6.9 * Self.day)
            #expect(try await access.session(secret) != nil)
        }
        clock.pass(7 * Self.day + 1)
        #expect(try await access.session(secret) == nil)
    }

    @Test func `A session ends thirty days after its sign-in, however often it is used`() async throws {
        let (access, clock, secret) = try await begin()
        for _ in 0..<29 {
            clock.pass(Self.day)
            #expect(try await access.session(secret) != nil)
        }
        // Times are kept to the millisecond.
        clock.pass(Self.day + 1)
        #expect(try await access.session(secret) == nil)
    }

    @Test func `Each sign-in has a secret and a form token of its own, and only its hash is kept`() async throws {
        let (access, _, first) = try await begin()
        let second = try await access.makeSession(of: "ada")
        #expect(first != second)
        let forms = [try await access.session(first)?.csrf, try await access.session(second)?.csrf]
        #expect(Set(forms).count == 2)
        let hashes = try await access.store.read { try String.fetchAll($0, sql: "SELECT hash FROM session") }
        #expect(hashes.count == 2 && !hashes.contains(first) && !hashes.contains(second))
    }
}
