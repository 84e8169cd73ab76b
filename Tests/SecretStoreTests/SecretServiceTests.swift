import Foundation
import GRDB
import Model
import Secrets
import Store
import Testing

@testable import SecretStore

struct SecretServiceTests {
    private let place = SecretPlace(name: "DB_PASSWORD", app: "orders", environment: "production")

    /// A service over a folder of its own, as a server has it.
    private struct Bench: ~Copyable {
        let folder: String
        let store: Store

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            store = try Store(path: "\(folder)/db.sqlite", migrations: SecretService.migrations)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func service(_ environment: [String: String] = [:]) async throws -> SecretService {
            try await SecretService(store: store, folder: KeyFolder(folder), environment: environment)
        }

        var keyFiles: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.contains(".key") }
                .sorted()
        }
    }

    private func value(_ service: SecretService) async throws -> String? {
        let scope = SecretScope(app: "orders", environment: "production")
        return try await service.given(for: scope).variables["DB_PASSWORD"]
    }

    @Test func setListGiveRemove() async throws {
        let bench = try Bench()
        let service = try await bench.service()
        try await service.set(place, to: "hunter2", kind: .variable, by: "ada")
        let first = try await service.list()
        #expect(first.map(\.place) == [place] && first.map(\.updatedBy) == ["ada"])
        #expect(try await value(service) == "hunter2")
        try await service.set(place, to: "hunter3", kind: .variable, by: "bob")
        let second = try await service.list()
        #expect(second.count == 1 && second.first?.version != first.first?.version)
        #expect(try await value(try await bench.service()) == "hunter3")
        try await service.remove(place)
        #expect(try await service.list().isEmpty)
        let failure = await #expect(throws: Failure.self) { try await service.remove(place) }
        #expect(failure?.code == .notFound)
    }

    @Test func nothingReadableIsOnTheDisk() async throws {
        let bench = try Bench()
        let service = try await bench.service()
        try await service.set(place, to: "correct-horse-battery", kind: .file, by: "ada")
        _ = try await service.rotateKey()
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder) {
            let data = try #require(FileManager.default.contents(atPath: "\(bench.folder)/\(name)"))
            #expect(data.range(of: Data("correct-horse-battery".utf8)) == nil, "\(name)")
            #expect(data.range(of: Data(Data("correct-horse-battery".utf8).base64EncodedString().utf8)) == nil)
        }
        let given = try await service.given(for: SecretScope(app: "orders", environment: "production"))
        #expect(!"\(given) \(String(reflecting: given))".contains("correct"))
        var dumped = ""
        dump(given, to: &dumped)
        #expect(!dumped.contains("correct"))
    }

    @Test(arguments: ["", "1A", "A-B", "A B", "SLIPWAY_TOKEN", "Ä"])
    func badNames(_ name: String) async throws {
        let service = try await Bench().service()
        let failure = await #expect(throws: Failure.self) {
            try await service.set(SecretPlace(name: name), to: "value", kind: .variable, by: "ada")
        }
        #expect(failure?.code == .invalid && failure?.message.contains("value") == false)
    }

    @Test func badValuesAreNotRepeated() async throws {
        let service = try await Bench().service()
        for value in ["", "a\0b", String(repeating: "x", count: 70_000)] {
            let failure = await #expect(throws: Failure.self) {
                try await service.set(place, to: value, kind: .variable, by: "ada")
            }
            #expect(failure?.code == .invalid && failure.map { $0.description.utf8.count < 200 } == true)
        }
    }

    @Test func anUnknownContextNamesTheKnown() async throws {
        let service = try await Bench().service()
        try await service.set(SecretPlace(name: "A", context: "payments"), to: "one1", kind: .variable, by: "ada")
        let failure = await #expect(throws: Failure.self) {
            try await service.given(for: SecretScope(app: "orders", environment: nil, contexts: ["payment"]))
        }
        #expect(failure?.code == .notFound && failure?.hint == "Contexts: payments.")
    }

    // MARK: The key

    @Test func aRotationSealsAllAgain() async throws {
        let bench = try Bench()
        let service = try await bench.service()
        let before = try String(contentsOfFile: "\(bench.folder)/secrets.key", encoding: .utf8)
        try await service.set(place, to: "hunter2", kind: .variable, by: "ada")
        try await service.set(SecretPlace(name: "B"), to: "other", kind: .variable, by: "ada")
        let rotation = try await service.rotateKey()
        #expect(rotation.resealed == 2)
        #expect(try String(contentsOfFile: "\(bench.folder)/secrets.key", encoding: .utf8) != before)
        #expect(bench.keyFiles == ["secrets.key"])
        #expect(try await value(service) == "hunter2")
        #expect(try await value(try await bench.service()) == "hunter2")
        let used = try await bench.store.read { try String.fetchAll($0, sql: "SELECT DISTINCT keyID FROM secret") }
        #expect(used == [rotation.keyID])
    }

    /// Killed after the new key's file was written, and killed after the transaction.
    @Test(arguments: [false, true]) func aRotationThatIsCutShort(_ isCommitted: Bool) async throws {
        let bench = try Bench()
        let service = try await bench.service()
        try await service.set(place, to: "hunter2", kind: .variable, by: "ada")
        if isCommitted {
            let old = try String(contentsOfFile: "\(bench.folder)/secrets.key", encoding: .utf8)
            _ = try await service.rotateKey()
            try FileManager.default.moveItem(
                atPath: "\(bench.folder)/secrets.key", toPath: "\(bench.folder)/secrets.key.next")
            try Data(old.utf8).write(to: URL(filePath: "\(bench.folder)/secrets.key"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: "\(bench.folder)/secrets.key")
        } else {
            _ = try KeyFolder(bench.folder).makeNext()
        }
        let next = try await bench.service()
        #expect(try await value(next) == "hunter2")
        #expect(bench.keyFiles == ["secrets.key"])
        _ = try await next.rotateKey()
        #expect(try await value(try await bench.service()) == "hunter2")
    }

    @Test func aMissingKeyIsNamed() async throws {
        let bench = try Bench()
        try await (try await bench.service()).set(place, to: "hunter2", kind: .variable, by: "ada")
        let used = try await bench.store.read { try String.fetchOne($0, sql: "SELECT keyID FROM secret") }
        try FileManager.default.removeItem(atPath: "\(bench.folder)/secrets.key")
        let service = try await bench.service()
        #expect(bench.keyFiles.isEmpty, "no other key is made while one is missing")
        #expect(try await service.missingKeys() == [used])
        for work in [
            { _ = try await self.value(service) }, { _ = try await service.rotateKey() },
        ] as [() async throws -> Void] {
            let failure = await #expect(throws: Failure.self) { try await work() }
            #expect(failure?.code == .unavailable)
        }
        let failure = await #expect(throws: Failure.self) { try await self.value(service) }
        #expect(failure?.message.contains(used ?? "?") == true)
        let other = try await bench.service(["SLIPWAY_SECRET_KEY": SealingKey.make().text])
        let wrong = await #expect(throws: Failure.self) { try await self.value(other) }
        #expect(wrong?.message.contains(used ?? "?") == true)
        try await service.remove(place)
        try await (try await bench.service()).set(place, to: "again", kind: .variable, by: "ada")
    }

    /// From the file to a key that the environment gives, and from that to another.
    @Test func keysThatAreGiven() async throws {
        let bench = try Bench()
        try await (try await bench.service()).set(place, to: "hunter2", kind: .variable, by: "ada")
        let (first, second) = (SealingKey.make(), SealingKey.make())
        let one = try await bench.service(["SLIPWAY_SECRET_KEY": first.text])
        #expect(try await one.rotateKey().keyID == first.id)
        try FileManager.default.removeItem(atPath: "\(bench.folder)/secrets.key")
        #expect(try await value(try await bench.service(["SLIPWAY_SECRET_KEY": first.text])) == "hunter2")
        let two = try await bench.service([
            "SLIPWAY_SECRET_KEY": second.text, "SLIPWAY_SECRET_KEY_PREVIOUS": first.text,
        ])
        #expect(try await two.rotateKey().keyID == second.id)
        #expect(try await value(try await bench.service(["SLIPWAY_SECRET_KEY": second.text])) == "hunter2")
    }
}
