import Foundation
import Git
import Model
import Subprocess
import SystemPackage
import Testing

/// A temporary folder with a repository `work` to commit in and a mirror beside it; removed after the test.
struct Scratch {
    let folder: String
    let mirror: GitMirror

    var work: String { folder + "/work" }

    static func use(_ body: (Scratch) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-git-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/work", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scratch = Scratch(folder: folder, mirror: GitMirror(directory: folder + "/git/orders.git"))
        try await scratch.bash("git init -q -b main .")
        try await body(scratch)
    }

    /// Runs a script in `work`; returns what it printed.
    @discardableResult
    func bash(_ script: String) async throws -> String {
        let identity = [
            "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_COMMITTER_NAME": "Bob",
            "GIT_COMMITTER_EMAIL": "bob@example.com", "GIT_CONFIG_NOSYSTEM": "1", "HOME": folder, "LC_ALL": "C",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        let result = try await run(
            .name("bash"),
            arguments: ["-ec", "commit() { git add -A; git commit -q --allow-empty -m \"$1\"; }\n" + script],
            environment: .custom(
                Dictionary(
                    uniqueKeysWithValues: identity.compactMap { key, value in
                        Subprocess.Environment.Key(rawValue: key).map { ($0, value) }
                    })),
            workingDirectory: FilePath(work), output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The commit that a name stands for in `work`.
    func sha(_ name: String = "HEAD") async throws -> SHA {
        try #require(SHA(try await bash("git rev-parse \(name)")))
    }

    func fetch() async throws {
        try await mirror.fetch(from: work, timeout: .seconds(60))
    }
}
