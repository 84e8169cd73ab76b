import Foundation
import GRDB
import Store
import Testing

@testable import Access

struct AuditTests {
    private func entry(_ actor: String, _ action: String, app: String? = nil) -> AuditEntry {
        AuditEntry(
            at: Date(), actor: actor, kind: "account", address: "127.0.0.1", action: action, outcome: .done, app: app)
    }

    @Test(arguments: [
        "UPDATE audit SET actor = 'somebody else'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1",
        "UPDATE audit SET after = NULL WHERE id = 1", "REPLACE INTO audit SELECT * FROM audit",
    ])
    func `What stands in the log can't be changed or removed`(sql: String) async throws {
        let store = try Store(path: nil, migrations: Access.migrations)
        let log = Access(store: store).audit
        try await log.record(entry("ada", "app.add", app: "orders"))
        let before = try await log.entries(limit: 10)
        await #expect(throws: DatabaseError.self) { try await store.write { try $0.execute(sql: sql) } }
        #expect(try await log.entries(limit: 10) == before)
        #expect(before.count == 1)
    }

    @Test func `Entries are found by who, what and where, newest first`() async throws {
        let log = Access(store: try Store(path: nil, migrations: Access.migrations)).audit
        try await log.record(entry("ada", "app.add", app: "orders"))
        try await log.record(entry("bob", "application", app: "orders"))
        try await log.record(entry("ada", "deploy.start", app: "billing"))
        func ids(_ filter: AuditFilter, _ limit: Int = 10) async throws -> [Int64] {
            try await log.entries(filter, limit: limit).map(\.id)
        }
        #expect(try await ids(AuditFilter()) == [3, 2, 1])
        #expect(try await ids(AuditFilter(), 2) == [3, 2])
        #expect(try await ids(AuditFilter(actor: "ada")) == [3, 1])
        #expect(try await ids(AuditFilter(action: "app")) == [1])
        #expect(try await ids(AuditFilter(action: "app.add")) == [1])
        #expect(try await ids(AuditFilter(app: "orders")) == [2, 1])
        #expect(try await ids(AuditFilter(before: 3)) == [2, 1])
        #expect(try await ids(AuditFilter(outcome: .refused)) == [])
    }
}
