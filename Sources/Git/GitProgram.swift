import Foundation
import Subprocess
import SystemPackage

/// The git that is run.
enum GitProgram {
    /// Looked for once: to find a name, Subprocess starts a process for every folder of `PATH` in which it isn't.
    static let executable: Executable = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(
            separator: ":")
        let found = folders.map { "\($0)/git" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found.map { .path(FilePath($0)) } ?? .name("git")
    }()
}
