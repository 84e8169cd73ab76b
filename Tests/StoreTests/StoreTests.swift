import Foundation
import GRDB
import Model
import Testing

@testable import Store

struct StoreTests {
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-store-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `Events come in order, after the one that was seen, by topic`() async throws {
        let store = try Store(path: nil, migrations: [])
        try await store.write { db in
            for number in 1...3 { try Store.log("build/\(number)", "queued", in: db) }
        }
        #expect(try await store.events(after: 1).map(\.topic) == ["build/2", "build/3"])
        #expect(try await store.events(after: 0, topics: ["build/3"]).map(\.id) == [3])
        #expect(try await store.lastEventID() == 3)
    }

    @Test func `A committed write wakes those who follow`() async throws {
        let store = try Store(path: nil, migrations: [])
        var wakeups = store.events.wakeups().makeAsyncIterator()
        try await store.write { try Store.log("app/1", "added", in: $0) }
        #expect(await wakeups.next() != nil)
    }

    @Test func `What is written is there after the store is opened again`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "slipway.sqlite").path
        try await Store(path: path, migrations: []).write { try Store.log("app/1", "added", in: $0) }
        #expect(try await Store(path: path, migrations: []).lastEventID() == 1)
    }

    @Test func `A database of a newer version is refused, not harmed`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "slipway.sqlite").path
        _ = try Store(
            path: path, migrations: [Migration("later-1-things") { try $0.create(table: "thing") { $0.column("id") } }])
        let failure = #expect(throws: Failure.self) { try Store(path: path, migrations: []) }
        #expect(failure?.code == .conflict)
    }

    @Test func `A path that can't be opened is one clear error`() throws {
        let failure = #expect(throws: Failure.self) { try Store(path: "/nonexistent/slipway.sqlite", migrations: []) }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("/nonexistent/slipway.sqlite") == true)
    }
}
