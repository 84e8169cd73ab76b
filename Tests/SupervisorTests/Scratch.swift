import Foundation
import Supervisor
import Testing

/// A temporary folder with a supervisor over it, removed when the test has ended.
struct Scratch {
    let folder: String
    let supervisor: Supervisor

    /// Runs `body` with a folder of its own.
    static func use(_ body: (Scratch) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-supervisor-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            // A supervisor may still be removing its spec.
            for _ in 0..<3 { try? FileManager.default.removeItem(atPath: folder) }
        }
        try await body(
            Scratch(folder: folder, supervisor: Supervisor(runDirectory: folder + "/run", executable: binary)))
    }

    /// The `slipway` that was built beside the tests.
    static var binary: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        for start in [own] + CommandLine.arguments {
            var url = URL(fileURLWithPath: start)
            while url.path.count > 1 {
                url.deleteLastPathComponent()
                let candidate = url.appendingPathComponent("slipway").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                    return candidate
                }
            }
        }
        return "slipway"
    }

    /// A bash script as a command.
    func script(_ text: String, _ change: (inout SupervisedCommand) -> Void = { _ in }) -> SupervisedCommand {
        var command = SupervisedCommand(
            arguments: ["bash", "-c", text],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm", "FOLDER": folder],
            workingDirectory: folder, logPath: folder + "/log", signalGrace: 1)
        change(&command)
        return command
    }

    /// Runs a script to its end.
    @discardableResult
    func run(_ text: String, _ change: (inout SupervisedCommand) -> Void = { _ in }) async throws -> SupervisedOutcome {
        try supervisor.start("1", script(text, change))
        return try await supervisor.outcome(of: "1")
    }

    var log: String { read("log") }

    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
    }

    /// The file's text once it has some: how a script tells the test how far it is.
    func wait(for name: String) async throws -> String {
        while true {
            let text = read(name)
            if text.hasSuffix("\n") { return text.trimmingCharacters(in: .whitespacesAndNewlines) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Whether a process with this number runs and is no zombie.
    static func isAlive(_ pid: String) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !stat.contains(") Z ") && !stat.contains(") X ")
    }
}
