import Access
import Delivery
import Foundation
import Glibc
import Model
import Store
import Subprocess

/// Brings a backup up in an empty data directory: complete, or not at all. Until everything has been checked it lies in
/// a folder that no server takes for its own.
struct Restore: Sendable {
    let archive: Archive
    let data: DataDirectory
    /// Gets a line for each thing that is done.
    let say: @Sendable (String) -> Void

    private var folder: String { data.restoring }

    /// Reads the whole file and returns what it says of itself.
    func check() async throws -> BackupManifest {
        let manifest = try await archive.manifest()
        try await archive.verify()
        return manifest
    }

    /// Restores, and returns what became of the work that was under way.
    func carryOut() async throws -> (BackupManifest, RestoredWork) {
        let manifest = try await archive.manifest()
        try manifest.check(known: DatabaseFile.schema(of: Schema.migrations), version: SlipwayVersion.current)
        // Folders that the archive doesn't name are nobody else's either.
        let mask = umask(0o077)
        defer { umask(mask) }
        try begin()
        do {
            say("unpacking \(manifest.summary)")
            try await archive.unpack(into: folder)
            guard FileManager.default.fileExists(atPath: "\(folder)/\(BackupManifest.endName)") else {
                throw Failure(.invalid, "\(archive.path) is not a whole backup", hint: "It was cut short.")
            }
            say("checking the database, the repositories and the images")
            try await checkDatabase(manifest)
            try await checkRepositories()
            try await checkImages()
            let work = try await settle(manifest)
            try publish()
            return (manifest, work)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Makes the folder; what an earlier try has left is cleared away.
    private func begin() throws {
        let files = FileManager.default
        var names = (try? files.contentsOfDirectory(atPath: data.path)) ?? []
        if names.contains(".restoring") {
            // Nobody else wrote here since then: no server starts where a restore has not ended.
            for name in names where name != ".restoring" && name != "lost+found" {
                try? files.removeItem(atPath: "\(data.path)/\(name)")
            }
            try? files.removeItem(atPath: folder)
            names = (try? files.contentsOfDirectory(atPath: data.path)) ?? []
        }
        guard names.allSatisfy({ $0 == "lost+found" }) else {
            throw Failure(
                .conflict, "\(data.path) is not empty",
                hint: "Name an empty directory with --data; or stop the server that uses this one and move it away.")
        }
        do {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try files.setAttributes([.posixPermissions: 0o711], ofItemAtPath: data.path)
        } catch {
            throw Failure(
                .unavailable, "\(data.path) can't be made", hint: "Give this user the right to write there.",
                cause: error.localizedDescription)
        }
    }

    private func checkDatabase(_ manifest: BackupManifest) async throws {
        guard try await FileSums.sum(of: "\(folder)/\(BackupManifest.databaseName)") == manifest.database else {
            throw Failure(.invalid, "The database in \(archive.path) is damaged", hint: "Take another backup.")
        }
    }

    private func checkRepositories() async throws {
        let repositories = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/git")) ?? []
        for name in repositories.sorted() {
            let result = try await Subprocess.run(
                .name("git"),
                arguments: [
                    "-c", "safe.directory=*", "--git-dir", "\(folder)/git/\(name)", "fsck", "--connectivity-only",
                    "--no-dangling", "--no-progress",
                ], output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            try Task.checkCancellation()
            guard result.terminationStatus.isSuccess else {
                let words = (result.standardError + result.standardOutput).split(separator: "\n").first ?? ""
                throw Failure(
                    .invalid, "The repository \(name) in \(archive.path) is damaged", hint: "Take another backup.",
                    cause: String(words))
            }
        }
    }

    /// Each blob of the registry is named by its sum.
    private func checkImages() async throws {
        let root = "\(folder)/\(BackupContents.blobs)/sha256"
        let files = FileManager.default
        var lines = ""
        for prefix in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            for sum in (try? files.contentsOfDirectory(atPath: "\(root)/\(prefix)")) ?? []
            where files.fileExists(atPath: "\(root)/\(prefix)/\(sum)/data") {
                lines += "\(sum)  \(prefix)/\(sum)/data\n"
            }
        }
        guard !lines.isEmpty else { return }
        let list = "\(folder)/sums"
        defer { unlink(list) }
        try Data(lines.utf8).write(to: URL(filePath: list))
        let wrong = try await FileSums.check(list: list, in: root)
        guard wrong.isEmpty else {
            throw Failure(
                .invalid, "Images in \(archive.path) are damaged", hint: "Take another backup.",
                cause: wrong.prefix(3).joined(separator: "; "))
        }
    }

    /// Brings the database up to this version, ends what was under way and records the restore.
    private func settle(_ manifest: BackupManifest) async throws -> RestoredWork {
        let store = try Store(
            path: "\(folder)/\(BackupManifest.databaseName)", migrations: Schema.migrations,
            version: SlipwayVersion.current)
        let work = try await Delivery.settle(restored: store, madeAt: manifest.madeAt)
        let user = getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_name) }
        try await Access(store: store).audit.record(
            AuditEntry(
                at: Date(), actor: user ?? "\(getuid())", kind: "local", address: "local", action: "server.restore",
                outcome: .done, subject: manifest.summary))
        return work
    }

    /// Moves everything to its place, the database last.
    private func publish() throws {
        let files = FileManager.default
        for name in [BackupManifest.name, BackupManifest.endName] { unlink("\(folder)/\(name)") }
        do {
            let names = try files.contentsOfDirectory(atPath: folder).sorted()
            let isDatabase = { (name: String) in name.hasPrefix(BackupManifest.databaseName) }
            for name in names.filter({ !isDatabase($0) }) + names.filter(isDatabase) {
                try files.moveItem(atPath: "\(folder)/\(name)", toPath: "\(data.path)/\(name)")
            }
            try files.removeItem(atPath: folder)
        } catch {
            throw Failure(
                .unavailable, "The backup can't be moved to \(data.path)", cause: error.localizedDescription)
        }
    }
}

extension BackupManifest {
    /// `the data of Slipway 0.1.0 on shipyard, of 2026-01-31T12:00:00Z`.
    var summary: String { "the data of Slipway \(version) on \(host), of \(madeAt.formatted(.iso8601))" }
}

extension Restore {
    /// What a person does next.
    func nextSteps(_ manifest: BackupManifest, _ work: RestoredWork) -> String {
        var lines = ["Restored \(manifest.summary) into \(data.path).", ""]
        if work.builds + work.deploys > 0 {
            lines.append(
                "\(work.builds) builds and \(work.deploys) deploys were under way: they ended as failed, nothing runs twice."
            )
        }
        if work.queuedDeploys > 0 {
            lines.append("\(work.queuedDeploys) deploys waited: they won't begin by themselves.")
        }
        let known = try? String(contentsOfFile: "\(data.registry)/address", encoding: .utf8)
        let standard = data.path == DataDirectory.standard ? "" : " --data \(data.path)"
        lines += [
            "Next:",
            "  1. See that the server of before doesn't run any more: two would both manage the same services.",
            "  2. slipway doctor\(standard)      # what this machine still needs: an engine, git, HAProxy",
        ]
        if let known { lines.append("     The registry will be at \(known), as before: that port must be free.") }
        if !manifest.hasKeys {
            lines.append(
                "     Put the key for secrets into \(data.path)/keys/secrets.key (mode 0600), or give it as before.")
        }
        lines += [
            "  3. Start it with the options of before: slipway serve\(standard), or systemctl start slipway.",
            "     It makes the containers of all services anew, from the images in its registry; what their volumes held",
            "     is not in the backup.",
            "  4. Lead the names of the old machine to this one; sign in as before (lost: slipway users password admin).",
        ]
        return lines.joined(separator: "\n")
    }
}
