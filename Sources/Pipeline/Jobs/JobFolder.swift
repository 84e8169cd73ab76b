import Foundation
import Model

/// The files that the steps of a build share with Slipway: `$BASH_ENV`, the agent's socket, the mark of `step halt`,
/// and the command that makes it.
struct JobFolder {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// The builds whose folders there are: they haven't been cleaned up yet.
    static func builds(in checkouts: String) -> [Int64] {
        ((try? FileManager.default.contentsOfDirectory(atPath: checkouts)) ?? []).compactMap { name in
            name.wholeMatch(of: /build-(\d+)\.job/).flatMap { Int64($0.1) }
        }
    }

    /// Where the agent of the primary container takes steps.
    var agentSocket: String { "\(path)/\(Self.agentSocketName)" }
    static let agentSocketName = "agent.sock"

    /// `circleci-agent step halt` and `slipway-step halt` end the job green.
    private static let agent = """
        #!/bin/sh
        # Ends the job green: the steps that are left are skipped.
        if [ "$1 $2" = "step halt" ]; then : > "${0%/bin/*}/halt"; exit 0; fi
        echo "$0: only 'step halt' is known here" >&2
        exit 2

        """

    /// Makes it for the server's user alone; who opens it to others does that when it is whole. Again and again does no
    /// harm until a step has run.
    func make() throws {
        do {
            let files = FileManager.default
            if !files.fileExists(atPath: path) {
                try files.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            try files.createDirectory(atPath: "\(path)/bin", withIntermediateDirectories: true)
            if !files.fileExists(atPath: "\(path)/bash_env") {
                try Data().write(to: URL(filePath: "\(path)/bash_env"))
                try files.setAttributes([.posixPermissions: 0o666], ofItemAtPath: "\(path)/bash_env")
            }
            for name in ["circleci", "circleci-agent"] {
                try Data(Self.agent.utf8).write(to: URL(filePath: "\(path)/bin/\(name)"))
                try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/bin/\(name)")
            }
        } catch {
            throw Failure(.unavailable, "The folder \(path) can't be made", cause: error.localizedDescription)
        }
    }
}
