import ArgumentParser
import Foundation
import Model

/// `slipway restore`: brings a backup up.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring a backup up in an empty data directory.",
        discussion: """
            Checks that the backup is whole and that this program knows its tables, unpacks it, checks the sums of the \
            database and of every image, and the repositories; nothing is there until all is well. What was under way \
            when the backup was made ends as failed: nothing runs twice. Then it says what to do next.

            Examples:
              slipway restore /srv/backup/slipway-2026-01-31.tar.zst
              slipway restore slipway.tar.zst --data /srv/slipway
              slipway restore --check slipway.tar.zst
            """)

    @Argument(help: ArgumentHelp("The file that `slipway backup` made.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("An empty directory, or one that isn't there yet.", valueName: "directory"))
    var data: String = DataDirectory.standard
    @Flag(help: "Only read the file and say whether it is whole.") var check = false

    func run() async throws {
        let restore = Restore(
            archive: Archive(path: file), data: DataDirectory(data), say: { Terminal.error("restore: \($0)") })
        if check {
            let manifest = try await unlessInterrupted { try await restore.check() }
            return Terminal.print("\(file) is whole: \(manifest.summary)")
        }
        let (manifest, work) = try await unlessInterrupted { try await restore.carryOut() }
        Terminal.print(restore.nextSteps(manifest, work))
    }
}
