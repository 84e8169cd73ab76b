import Foundation
import GRDB
import Model
import Testing

@testable import Store

/// Databases of older and newer versions, and copies of a database.
struct VersionTests {
    private let things = Migration("later-1-things") { try $0.create(table: "thing") { $0.column("id") } }

    private func withFolder(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-store-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await test(folder)
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func `A newer database is refused by naming both versions, and nothing of it is changed`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/slipway.sqlite"
            _ = try Store(path: path, migrations: [things], version: "0.3.0")
            let before = try DatabaseFile.copy(path, to: "\(folder)/before")
            #expect(before.version == "0.3.0")
            let failure = #expect(throws: Failure.self) { try Store(path: path, migrations: [], version: "0.2.0") }
            #expect(failure?.code == .conflict)
            #expect(
                failure?.message.contains("written by Slipway 0.3.0; this is Slipway 0.2.0") == true,
                "\(String(describing: failure))")
            #expect(failure?.hint?.contains("Install Slipway 0.3.0") == true)
            #expect(try DatabaseFile.copy(path, to: "\(folder)/after") == before)
        }
    }

    @Test func `Before migrations change a database it is copied, once for a version`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/slipway.sqlite"
            try await Store(path: path, migrations: [], version: "0.1.0").write {
                try Store.log("app/1", "added", in: $0)
            }
            let copy = "\(path).before-0.2.0"
            _ = try Store(path: path, migrations: [], version: "0.2.0")
            #expect(!FileManager.default.fileExists(atPath: copy), "nothing was to be changed")
            try await Store(path: path, migrations: [things], version: "0.2.0").write {
                try Store.log("app/2", "added", in: $0)
            }
            let store = try Store(path: copy, migrations: [], version: "0.1.0")
            #expect(try await store.events(after: 0).map(\.topic) == ["app/1"])
            #expect(try mode(copy) == 0o600)
        }
    }

    @Test func `The database's files are their owner's alone, also those of before`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/slipway.sqlite"
            try Data().write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let store = try Store(path: path, migrations: [])
            try await store.write { try Store.log("app/1", "added", in: $0) }
            for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600, "\(suffix)") }
        }
    }

    @Test func `A copy made among writes is of one moment`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/slipway.sqlite"
            let store = try Store(path: path, migrations: [], version: "0.1.0")
            let writing = Task {
                while !Task.isCancelled {
                    // Two rows in one transaction: a copy has both or neither.
                    try await store.write { db in
                        for kind in ["one", "two"] { try Store.log("app/1", kind, in: db) }
                    }
                }
            }
            for number in 1...5 {
                let copy = "\(folder)/copy-\(number)"
                let found = try DatabaseFile.copy(path, to: copy)
                #expect(found.schema == ["store-1-events", "store-2-versions"] && found.version == "0.1.0")
                let kinds = try await Store(existing: copy).events(after: 0, limit: 1_000_000).map(\.kind)
                #expect(kinds.count(where: { $0 == "one" }) == kinds.count(where: { $0 == "two" }))
                #expect(try mode(copy) == 0o600)
            }
            writing.cancel()
            _ = await writing.result
        }
    }
}
