import Access
import Delivery
import Foundation
import GRDB
import Model
import Pipeline
import Store
import Testing

@testable import slipway

/// The whole schema, from an old database on.
struct OldDatabaseTests {
    /// A database as an earlier version left it.
    private func withOldDatabase(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-old-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/first-journey.sql")
        let sql = try String(contentsOf: fixture, encoding: .utf8)
        let path = "\(folder)/slipway.sqlite"
        let old = try DatabaseQueue(path: path)
        try await old.writeWithoutTransaction { try $0.execute(sql: sql) }
        try old.close()
        try await test(path)
    }

    @Test func `An old database is brought forward with all that is in it, and is kept as it was beside it`()
        async throws
    {
        try await withOldDatabase { path in
            let store = try Store(path: path, migrations: Schema.migrations, version: "9.0.0")
            let access = Access(store: store)
            #expect(try await access.principal(token: "slp_old")?.actor.name == "ci")
            let (apps, commits, deploys, admins) = try await store.read { db in
                try (
                    String.fetchAll(db, sql: "SELECT name FROM app"),
                    String.fetchAll(db, sql: "SELECT title FROM \"commit\" ORDER BY id"),
                    String.fetchAll(db, sql: "SELECT state FROM deploy ORDER BY id"),
                    String.fetchAll(db, sql: "SELECT account FROM \"grant\" WHERE allowance = 'admin'")
                )
            }
            #expect(apps == ["orders"] && commits == ["One", "Two"] && admins == ["admin"])
            #expect(deploys == ["succeeded", "running", "queued"])
            #expect(try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            #expect(try await store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count } == 0)
            let kept = try await Store(existing: "\(path).before-9.0.0").read { db in
                try (db.tableExists("audit"), String.fetchAll(db, sql: "SELECT name FROM token ORDER BY name"))
            }
            #expect(kept.0 == false && kept.1 == ["ci", "deploy 2"])
            // A second start changes nothing more.
            _ = try Store(path: path, migrations: Schema.migrations, version: "9.0.0")
        }
    }

    @Test func `What was under way in a restored copy has a true end, and nothing begins by itself`() async throws {
        try await withOldDatabase { path in
            let store = try Store(path: path, migrations: Schema.migrations)
            let logs = try await StepTable(store: store).logs()
            #expect(logs == ["builds/1/0.log", "builds/2/0.log", "deploys/2/0.log"])
            let work = try await Delivery.settle(restored: store, madeAt: Date(timeIntervalSince1970: 0))
            #expect(work == RestoredWork(builds: 1, deploys: 1, queuedDeploys: 1))
            let (builds, deploys, steps, tokens, reasons) = try await store.read { db in
                try (
                    String.fetchAll(db, sql: "SELECT state FROM build ORDER BY id"),
                    String.fetchAll(db, sql: "SELECT state FROM deploy ORDER BY id"),
                    String.fetchAll(db, sql: "SELECT state FROM step ORDER BY id"),
                    String.fetchAll(db, sql: "SELECT name FROM token"),
                    String.fetchAll(db, sql: "SELECT reason FROM deploy WHERE reason IS NOT NULL")
                )
            }
            #expect(builds == ["succeeded", "failed"] && deploys == ["succeeded", "failed", "aborted"])
            #expect(steps == ["succeeded", "lost", "skipped", "lost"])
            #expect(tokens == ["ci"], "a script's token goes with its deploy")
            #expect(reasons.allSatisfy { $0.contains("the backup of 1970-01-01T00:00:00Z") }, "\(reasons)")
            #expect(
                try await Delivery.settle(restored: store, madeAt: Date())
                    == RestoredWork(builds: 0, deploys: 0, queuedDeploys: 0))
        }
    }
}
