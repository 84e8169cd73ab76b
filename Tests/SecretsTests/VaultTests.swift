import Foundation
import Model
import Secrets
import Testing

struct VaultTests {
    private let place = SecretPlace(name: "A", app: "orders", environment: "production", context: "payments")

    @Test func whatIsSealedOpens() throws {
        let vault = Vault(key: .make())
        for value in ["x", "pässwörd\n", String(repeating: "long ", count: 10_000)] {
            let sealed = try vault.seal(value, for: place)
            #expect(sealed.keyID == vault.key?.id)
            #expect(try vault.open(sealed, for: place) == value)
        }
    }

    @Test func eachHasItsOwnNonce() throws {
        let vault = Vault(key: .make())
        let all = try (0..<100).map { _ in try vault.seal("same", for: place).bytes }
        #expect(Set(all).count == 100)
        #expect(Set(all.map { $0.prefix(12) }).count == 100)
    }

    @Test(arguments: [
        SecretPlace(name: "B", app: "orders", environment: "production", context: "payments"),
        SecretPlace(name: "A", app: "order", environment: "sproduction", context: "payments"),
        SecretPlace(name: "A", app: nil, environment: "production", context: "payments"),
        SecretPlace(name: "A", app: "orders", environment: "payments", context: "production"),
    ])
    func aMovedValueDoesNotOpen(_ other: SecretPlace) throws {
        let vault = Vault(key: .make())
        let sealed = try vault.seal("value", for: place)
        let failure = #expect(throws: Failure.self) { try vault.open(sealed, for: other) }
        #expect(failure?.code == .invalid)
    }

    @Test func anAlteredValueDoesNotOpen() throws {
        let vault = Vault(key: .make())
        let sealed = try vault.seal("value", for: place)
        for index in sealed.bytes.indices {
            var altered = sealed
            altered.bytes[index] ^= 1
            #expect(throws: Failure.self) { try vault.open(altered, for: place) }
        }
        #expect(throws: Failure.self) { try vault.open(SealedValue(keyID: sealed.keyID, bytes: Data()), for: place) }
    }

    @Test func keysHaveTexts() throws {
        let key = SealingKey.make()
        #expect(try SealingKey(text: " \(key.text)\n", from: "x") == key)
        let hex = String(repeating: "0f", count: 32)
        #expect(
            try SealingKey(text: hex, from: "x").text == Data([UInt8](repeating: 15, count: 32)).base64EncodedString())
        for bad in ["", "short", String(repeating: "x", count: 44), String(repeating: "z", count: 64)] {
            let failure = #expect(throws: Failure.self) { try SealingKey(text: bad, from: "SLIPWAY_SECRET_KEY") }
            #expect(failure?.message == "SLIPWAY_SECRET_KEY holds no key for secrets")
        }
    }
}

struct KeyFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func theFirstStartMakesAKeyForItselfAlone() throws {
        try withFolder { folder in
            let first = try KeyFolder(folder).load(environment: [:], used: [])
            let file = "\(folder)/secrets.key"
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(first.isOwn)
            let id = try #require(first.vault.key?.id)
            #expect(try KeyFolder(folder).load(environment: [:], used: [id]).vault.key?.id == id)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o666]) func aFileThatOthersMayReadIsRefused(_ mode: Int) throws {
        try withFolder { folder in
            _ = try KeyFolder(folder).load(environment: [:], used: [])
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/secrets.key")
            let failure = #expect(throws: Failure.self) { try KeyFolder(folder).load(environment: [:], used: []) }
            #expect(failure?.code == .forbidden)
            #expect(failure?.message.contains("\(folder)/secrets.key") == true)
            let given = ["SLIPWAY_SECRET_KEY_FILE": "\(folder)/secrets.key"]
            #expect(throws: Failure.self) { try KeyFolder("\(folder)/none").load(environment: given, used: []) }
        }
    }

    @Test func theEnvironmentAndSystemdGiveKeys() throws {
        try withFolder { folder in
            let key = SealingKey.make()
            try Data(key.text.utf8).write(to: URL(filePath: "\(folder)/slipway-key"))
            try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: "\(folder)/slipway-key")
            let own = "\(folder)/keys"
            for environment in [
                ["SLIPWAY_SECRET_KEY": key.text], ["CREDENTIALS_DIRECTORY": folder],
            ] {
                let found = try KeyFolder(own).load(environment: environment, used: [])
                #expect(found.vault.key == key && !found.isOwn)
            }
            let missing = #expect(throws: Failure.self) {
                try KeyFolder(own).load(environment: ["SLIPWAY_SECRET_KEY_FILE": "\(folder)/none"], used: [])
            }
            #expect(missing?.code == .notFound)
        }
    }
}
