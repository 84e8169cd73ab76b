import Access
import Foundation
import Glibc
import Model
import Store
import Testing

@testable import slipway

/// Backup and restore without a server: what is copied, and what a cut or a kill leaves.
struct BackupTests {
    /// A folder with a data directory in it, as a server leaves one.
    private func withData(_ test: (_ folder: String, DataDirectory) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-backup-\(UUID().uuidString.prefix(8))"
        let data = DataDirectory("\(folder)/data")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try data.prepare(executable: "/bin/true")
        _ = try Store(path: data.database, migrations: Schema.migrations, version: SlipwayVersion.current)
        for (path, text) in [
            ("keys/secrets.key", "key"), ("keys/instance", "me"), ("run/lock", ""), ("checkouts/build-1/a", "a"),
            ("logs/registry.log", "log"), ("logs/builds/7/0.log", "of a build that the database doesn't know"),
            ("registry/address", "127.0.0.1:5000"), ("edge/haproxy.cfg", "x"), ("edge/haproxy.pid", "1"),
            ("tls/site.pem", "pem"), ("slipway-agent", "program"), ("slipway.sqlite.before-0.0.9", "old"),
        ] {
            let file = URL(filePath: "\(data.path)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try await test(folder, data)
    }

    private func backup(_ data: DataDirectory, to file: String, keys: Bool = true) async throws -> BackupManifest {
        try await Backup(data: data, destination: file, hasKeys: keys, say: { _ in }).make()
    }

    private func restore(_ file: String, to path: String) -> Restore {
        Restore(archive: Archive(path: file), data: DataDirectory(path), say: { _ in })
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test func `A backup has all that is needed elsewhere, for its owner alone, and not what isn't`() async throws {
        try await withData { folder, data in
            let file = "\(folder)/b.tar.zst"
            let manifest = try await backup(data, to: file)
            #expect(manifest.hasKeys && manifest.version == SlipwayVersion.current)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            #expect(!FileManager.default.fileExists(atPath: "\(file).partial"))

            let other = "\(folder)/other"
            _ = try await restore(file, to: other).carryOut()
            for path in ["keys/secrets.key", "keys/instance", "logs/registry.log", "registry/address", "tls/site.pem"] {
                #expect(text("\(other)/\(path)") == text("\(data.path)/\(path)"), "\(path)")
            }
            for path in [
                "run", "checkouts", "logs/builds", "edge/haproxy.cfg", "edge/haproxy.pid", "slipway-agent",
                "slipway.sqlite.before-0.0.9", ".restoring", BackupManifest.name, BackupManifest.endName, "sums",
            ] {
                #expect(!FileManager.default.fileExists(atPath: "\(other)/\(path)"), "\(path)")
            }
            // Who took it, and who brought it up, is in the audit log.
            let actions = try await Access(store: Store(existing: "\(other)/slipway.sqlite")).audit
                .entries(limit: 10).map(\.action)
            #expect(actions == ["server.restore"])
            let taken = try await Access(store: Store(existing: data.database)).audit.entries(limit: 10)
            #expect(taken.map(\.action) == ["server.backup"] && taken.first?.subject == file)
        }
    }

    @Test func `Without keys the name of the installation is all that is copied of them`() async throws {
        try await withData { folder, data in
            let manifest = try await backup(data, to: "\(folder)/b", keys: false)
            let (_, work) = try await restore("\(folder)/b", to: "\(folder)/other").carryOut()
            #expect(text("\(folder)/other/keys/instance") == "me" && text("\(folder)/other/keys/secrets.key") == nil)
            let steps = restore("\(folder)/b", to: "\(folder)/other").nextSteps(manifest, work)
            #expect(steps.contains("Put the key for secrets into"))
        }
    }

    @Test func `A file that is there is left alone, and so is a directory that is not empty`() async throws {
        try await withData { folder, data in
            let file = "\(folder)/b"
            _ = try await backup(data, to: file)
            let failure = await #expect(throws: Failure.self) { try await backup(data, to: file) }
            #expect(failure?.code == .conflict)
            let refused = await #expect(throws: Failure.self) { try await restore(file, to: data.path).carryOut() }
            #expect(refused?.message == "\(data.path) is not empty")
            let elsewhere = await #expect(throws: Failure.self) { try await backup(data, to: "\(folder)/no/b") }
            #expect(elsewhere?.code == .unavailable)
            let nothing = await #expect(throws: Failure.self) {
                try await backup(DataDirectory("\(folder)/nothing"), to: "\(folder)/c")
            }
            #expect(nothing?.code == .notFound)
        }
    }

    @Test func `A backup that was cut short or damaged is refused, and leaves nothing`() async throws {
        try await withData { folder, data in
            let file = "\(folder)/b"
            _ = try await backup(data, to: file)
            let whole = try Data(contentsOf: URL(filePath: file))
            #expect(try await restore(file, to: "\(folder)/other").check().hasKeys)
            var damaged = whole
            damaged[whole.count / 2] ^= 0xFF
            for (name, bytes) in [
                ("cut", whole.prefix(whole.count / 2)), ("nearly", whole.dropLast(1)), ("damaged", damaged),
                ("empty", Data()), ("text", Data("no backup at all".utf8)),
            ] {
                let path = "\(folder)/\(name)"
                try Data(bytes).write(to: URL(filePath: path))
                await #expect(throws: Failure.self, "\(name)") { try await restore(path, to: "\(folder)/r").carryOut() }
                await #expect(throws: Failure.self, "\(name)") { try await restore(path, to: "\(folder)/r").check() }
                let left = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/r")) ?? []
                #expect(left.isEmpty, "\(name): \(left)")
            }
        }
    }

    @Test func `A restore that was killed is begun anew, and no server starts before it has ended`() async throws {
        try await withData { folder, data in
            let file = "\(folder)/b"
            _ = try await backup(data, to: file)
            let other = DataDirectory("\(folder)/other")
            try FileManager.default.createDirectory(
                atPath: "\(other.restoring)/git", withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: "\(other.path)/half"))
            let failure = #expect(throws: Failure.self) { try other.refuseHalfRestored() }
            #expect(failure?.code == .conflict)
            _ = try await restore(file, to: other.path).carryOut()
            try other.refuseHalfRestored()
            #expect(text("\(other.path)/keys/instance") == "me" && text("\(other.path)/half") == nil)
        }
    }

    @Test func `What a killed backup leaves is no file, and the next one clears it away`() async throws {
        try await withData { folder, data in
            let file = "\(folder)/b"
            try FileManager.default.createDirectory(atPath: "\(file).partial", withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(filePath: "\(file).partial/archive"))
            let lock = open("\(file).partial/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
            let failure = await #expect(throws: Failure.self) { try await backup(data, to: file) }
            #expect(failure?.message == "Another backup is being written to \(file)")
            close(lock)
            _ = try await backup(data, to: file)
            #expect(try await restore(file, to: "\(folder)/r").check().hasKeys)
            #expect(!FileManager.default.fileExists(atPath: "\(file).partial"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "a small disk needs root"))
    func `A full disk is one clear error, and nothing is left of the try`() async throws {
        try await withData { folder, data in
            let noise = Data((0..<(6 << 20)).map { _ in UInt8.random(in: 0...255) })
            try noise.write(to: URL(filePath: "\(data.path)/artifacts/noise"))
            let disk = "\(folder)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            try #require(mount("tmpfs", disk, "tmpfs", 0, "size=4m") == 0)
            defer { umount(disk) }
            let failure = await #expect(throws: Failure.self) { try await backup(data, to: "\(disk)/b") }
            #expect(
                failure?.message == "The backup can't be written: the disk is full", "\(String(describing: failure))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == [])
            let last = try await Access(store: Store(existing: data.database)).audit.entries(limit: 1).first
            #expect(last?.action == "server.backup" && last?.outcome == .failed)
        }
    }

    @Test func `A backup of a newer Slipway is refused by naming both versions`() throws {
        var manifest = BackupManifest(
            version: "9.1.0", schema: ["store-1-events"], database: "", madeAt: Date(), host: "h", directory: "/d",
            hasKeys: true)
        try manifest.check(known: ["store-1-events", "store-2-versions"], version: "0.1.0")
        manifest.schema.append("delivery-9-future")
        let failure = #expect(throws: Failure.self) { try manifest.check(known: ["store-1-events"], version: "0.1.0") }
        #expect(failure?.code == .conflict)
        #expect(failure?.description.contains("Slipway 9.1.0; this is Slipway 0.1.0") == true)
    }

    @Test func `References are read before objects, and links before blobs`() async throws {
        try await withData { _, data in
            for path in [
                "git/a.git/objects", "git/a.git/refs/heads", "git/a.git.draft-1",
                "registry/images/docker/registry/v2/blobs",
                "registry/images/docker/registry/v2/repositories",
            ] {
                try FileManager.default.createDirectory(
                    atPath: "\(data.path)/\(path)", withIntermediateDirectories: true)
            }
            for name in ["HEAD", "packed-refs"] {
                try Data().write(to: URL(filePath: "\(data.path)/git/a.git/\(name)"))
            }
            let paths = BackupContents(data: data, hasKeys: false, logs: ["builds/7/0.log", "builds/8/0.log"]).paths()
            #expect(
                paths == [
                    "./keys/instance", "./logs/builds/7/0.log", "./logs/registry.log", "./git/a.git/refs",
                    "./git/a.git/packed-refs", "./git/a.git/HEAD", "./git/a.git/objects", "./registry/address",
                    "./registry/images/docker/registry/v2/repositories", "./registry/images/docker/registry/v2/blobs",
                    "./artifacts", "./edge", "./tls",
                ])
        }
    }
}
