import ArgumentParser
import Foundation
import Glibc
import Model

/// `slipway backup`: a copy of everything, while the server runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the data directory into a file, while the server runs.",
        discussion: """
            The file is a tar archive, packed with zstd (or gzip, where there is no zstd): database, repositories, logs, \
            the registry's images, keys. It appears when it is whole and has been read again, for its owner alone. \
            Needs to be root, or the server's user, on the server's machine.

            Whoever has the database and the key has the secrets: keep them apart with --without-keys, and the key \
            (keys/secrets.key) in another place.

            Examples:
              slipway backup /srv/backup/slipway-$(date +%F).tar.zst
              slipway backup --without-keys - | ssh backup.example.com 'cat > slipway.tar.zst'
            """)

    @Argument(help: ArgumentHelp("The file to make; `-` is standard output.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("The data directory. Also SLIPWAY_DATA.", valueName: "directory"))
    var data: String = DataDirectory.standard
    @Flag(help: "Leave the keys out; without them the secrets can't be opened.") var withoutKeys = false
    @Flag(help: "Say nothing but errors.") var quiet = false

    func run() async throws {
        if file == "-", Terminal.isInteractive {
            throw Failure(.usage, "Standard output is a terminal", hint: "Name a file, or pipe it to another program.")
        }
        let backup = Backup(
            data: DataDirectory(data), destination: file, hasKeys: !withoutKeys,
            say: { [quiet] in if !quiet { Terminal.error("backup: \($0)") } })
        let manifest = try await unlessInterrupted { try await backup.make() }
        guard !quiet else { return }
        if file == "-" {
            Terminal.error("backup: written; what has arrived can be checked with `slipway restore --check FILE`")
        } else {
            let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.int64Value ?? 0
            Terminal.error(
                "backup: \(file), \(ByteCountFormatter.string(fromByteCount: size, countStyle: .file)), is whole"
                    + (manifest.hasKeys ? "; the key for secrets is in it" : "; keep a copy of the keys elsewhere"))
        }
    }
}

/// Runs `body`, and cancels it on Ctrl-C or TERM, so that it can tidy up.
func unlessInterrupted<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            await Interrupt.wait()
            return nil
        }
        let first = try await group.next() ?? nil
        group.cancelAll()
        if let first { return first }
        while let rest = await group.nextResult() { _ = rest }
        throw Failure(.failed, "Interrupted", hint: "Nothing is left of it.")
    }
}
