import Foundation
import Model
import Subprocess
import SystemPackage

/// An archive of a backup: written, listed and unpacked by tar, packed by zstd, or by gzip where there is no zstd.
struct Archive: Sendable {
    /// `-` is standard output.
    let path: String

    /// Writes the archive. Files that grow meanwhile are taken as long as they were.
    ///
    /// - Parameters:
    ///   - stage: Folder of what is made for the archive: first its `head`, at the end its `tail`.
    ///   - list: File with paths from `folder`, a line each.
    func write(stage: String, head: [String], folder: String, list: String, excluding: [String], tail: String)
        async throws
    {
        let arguments =
            ["--create", "--file", path, "--use-compress-program", Self.packer, "--format=posix", "--numeric-owner"]
            + [
                "--ignore-failed-read", "--warning=no-file-changed", "--warning=no-file-removed",
                "--warning=no-file-ignored",
            ]
            + ["--anchored", "--wildcards"] + excluding.map { "--exclude=\($0)" }
            + ["-C", stage] + head.map { "./\($0)" } + ["-C", folder, "-T", list, "-C", stage, "./\(tail)"]
        let (status, words) = try await Self.tar(arguments)
        // 1: something changed while it was read, as it may.
        guard status <= 1 else { throw Self.failure("The backup can't be written", words) }
    }

    /// Reads all of it, which checks its sums, and throws unless it is whole.
    func verify() async throws {
        let script = "set -o pipefail; tar \"$@\" | tail -n 1"
        let result = try await Subprocess.run(
            .path("/bin/bash"),
            arguments: Arguments(["-c", script, "bash", "--list", "--file", path] + (try unpacking())),
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess, result.standardOutput == "./\(BackupManifest.endName)\n" else {
            throw Failure(
                .invalid, "\(path) is not a whole backup", hint: "It was cut short, or is damaged: take another.",
                cause: result.standardError.split(separator: "\n").first.map(String.init))
        }
    }

    /// The archive's first file.
    func manifest() async throws -> BackupManifest {
        let result = try await Subprocess.run(
            .name("tar"),
            arguments: Arguments(
                ["--extract", "--to-stdout", "--occurrence=1", "--file", path] + (try unpacking())
                    + ["./\(BackupManifest.name)"]),
            output: .bytes(limit: 1 << 20), error: .string(limit: 1 << 16))
        guard !result.standardOutput.isEmpty,
            let manifest = try? JSONCoding.decoder.decode(BackupManifest.self, from: Data(result.standardOutput))
        else {
            throw Failure(
                .invalid, "\(path) is not a backup of Slipway", hint: "Give a file that `slipway backup` made.",
                cause: result.standardError.split(separator: "\n").first.map(String.init))
        }
        return manifest
    }

    /// Unpacks it into a folder that is there.
    func unpack(into folder: String) async throws {
        let (status, words) = try await Self.tar(
            ["--extract", "--file", path] + (try unpacking())
                + ["-C", folder, "--preserve-permissions", "--no-same-owner"])
        guard status == 0 else { throw Self.failure("\(path) can't be unpacked into \(folder)", words) }
    }

    /// Prefers zstd, which is several times as fast.
    private static var packer: String { isThere("zstd") ? "zstd -q -T0" : "gzip -6" }

    static func isThere(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// tar's option for how the file is packed.
    private func unpacking() throws(Failure) -> [String] {
        let file = FileHandle(forReadingAtPath: path)
        defer { try? file?.close() }
        let start = (try? file?.read(upToCount: 4)) ?? nil
        switch start.map(Array.init) ?? [] {
        case [0x28, 0xB5, 0x2F, 0xFD]:
            guard Self.isThere("zstd") else {
                throw Failure(.unavailable, "\(path) is packed with zstd", hint: "apt-get install zstd")
            }
            return ["--zstd"]
        case let bytes where bytes.starts(with: [0x1F, 0x8B]): return ["--gzip"]
        default: return []
        }
    }

    private static func tar(_ arguments: [String]) async throws -> (status: Int32, words: String) {
        let result = try await Subprocess.run(
            .name("tar"), arguments: Arguments(arguments), input: .none, output: .currentStandardOutput,
            error: .string(limit: 1 << 20))
        try Task.checkCancellation()
        return (result.terminationStatus.number, result.standardError)
    }

    private static func failure(_ what: String, _ words: String) -> Failure {
        let isFull = words.contains("No space left on device") || words.contains("Disk quota exceeded")
        return Failure(
            .unavailable, isFull ? "\(what): the disk is full" : what,
            hint: isFull ? "Make room, or choose another disk; nothing is left of the try." : nil,
            cause: isFull ? nil : words.split(separator: "\n").prefix(3).joined(separator: "; "))
    }
}

extension TerminationStatus {
    /// As a shell says it.
    var number: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

/// Sums of files, by the program `sha256sum`.
enum FileSums {
    /// In hex. Throws where the file can't be read.
    static func sum(of path: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("sha256sum"), arguments: ["--", path], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16)
        )
        guard result.terminationStatus.isSuccess else {
            throw Failure(.unavailable, "\(path) can't be read", cause: result.standardError)
        }
        return String(result.standardOutput.prefix { $0 != " " })
    }

    /// Which of the files have another sum: the list is `sha256sum`'s own, its paths are relative to `folder`.
    static func check(list: String, in folder: String) async throws -> [String] {
        let result = try await Subprocess.run(
            .name("sha256sum"), arguments: ["--check", "--quiet", list], workingDirectory: FilePath(folder),
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
        if result.terminationStatus.isSuccess { return [] }
        let named = result.standardOutput.split(separator: "\n").map(String.init)
        return named.isEmpty ? [result.standardError] : named
    }
}
