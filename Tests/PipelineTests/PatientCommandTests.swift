import Foundation
import Testing

@testable import Pipeline

/// A docker that fails once, with words of the real one.
@Suite(.timeLimit(.minutes(1))) struct PatientCommandTests {
    /// Runs the command beside that docker, and returns its status and what it said.
    private func run(_ kind: PatientCommand.Kind, failingWith words: String) throws -> (status: Int32, said: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-patient-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let docker = folder.appending(path: "docker")
        try Data(
            """
            #!/bin/sh
            [ "$1" != version ] || exit 0
            [ ! -e '\(folder.path)/failed' ] || exit 0
            touch '\(folder.path)/failed'
            echo 'Step 1/1 : FROM scratch'
            echo '\(words)' >&2
            exit 1
            """.utf8
        ).write(to: docker)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: docker.path)
        let command = PatientCommand(
            kind: kind, patience: 20, mark: "\(folder.path)/mark", command: [docker.path, kind.rawValue])
        let process = Process()
        process.executableURL = URL(filePath: command.arguments[0])
        process.arguments = Array(command.arguments.dropFirst())
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": "\(folder.path):\(path)", "DOCKER_HOST": "unix:///nowhere"]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test(
        "What was cut off is tried again",
        arguments: [
            "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?", "unexpected EOF",
            // Seen when the engine was stopped in mid-build: containerd had ended before it.
            "transport is closing: unavailable", "write /x: no space left on device",
        ])
    func again(words: String) throws {
        let result = try run(.build, failingWith: words)
        #expect(result.status == 0, "\(result.said)")
        #expect(result.said.contains("slipway: waiting: ") && result.said.contains("slipway: trying again after "))
    }

    @Test("What will fail again isn't, nor a build for what only a push needs")
    func once() throws {
        for words in ["The command /bin/sh -c false returned a non-zero code: 2", "dial tcp: connection refused"] {
            let result = try run(.build, failingWith: words)
            #expect(result.status == 1 && !result.said.contains("waiting"), "\(result.said)")
        }
        #expect(try run(.push, failingWith: "dial tcp: connection refused").status == 0)
    }
}
