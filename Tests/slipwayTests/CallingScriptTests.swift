import Foundation
import Testing

@testable import slipway

@Suite struct CallingScriptTests {
    @Test(
        arguments: [
            (["bash", "deploy/deploy.sh"], "deploy/deploy.sh"),
            (["/bin/sh", "-e", "./deploy.sh", "now"], "./deploy.sh"),
            (["bash", "-o", "pipefail", "-eu", "x.sh"], "x.sh"), (["/usr/bin/python3", "d/up.py"], "d/up.py"),
            (["bash", "--", "x.sh"], "x.sh"), (["sh", "-c", "rancher up"], nil), (["bash", "-ec", "x"], nil),
            (["/bin/bash", "-c", "./deploy/deploy.sh now"], "./deploy/deploy.sh"), (["sh", "-ec", "exec d/x"], "d/x"),
            (["bash"], nil), (["python3", "-m", "x"], nil), (["/usr/bin/make", "deploy"], nil), ([], nil),
        ] as [([String], String?)])
    func seesTheScriptInACommandLine(arguments: [String], script: String?) {
        #expect(CallingScript.script(in: arguments) == script)
    }

    private func folder(_ lines: [Int32: [String]], _ folders: [Int32: [String]], _ files: Set<String>) -> String? {
        CallingScript(
            processes: .init(
                arguments: { lines[$0] ?? [] }, folders: { folders[$0] ?? [] }, parent: { $0 - 1 },
                exists: { files.contains($0) })
        ).folder(from: 9)
    }

    @Test func goesUpToTheScriptAndItsFolder() {
        let lines: [Int32: [String]] = [9: ["sh", "-c", "x"], 8: ["make"], 7: ["bash", "deploy/deploy.sh"]]
        #expect(folder(lines, [7: ["/app"]], ["/app/deploy/deploy.sh"]) == "/app/deploy")
        #expect(folder(lines, [7: ["/app/deploy", "/app"]], ["/app/deploy/deploy.sh"]) == "/app/deploy")
        #expect(folder([9: ["sh", "./x.sh"]], [9: ["/app"]], ["/app/./x.sh"]) == "/app")
        #expect(folder([9: ["sh", "/x.sh"]], [:], ["/x.sh"]) == "/")
        #expect(folder([1: ["sh", "/x.sh"]], [:], ["/x.sh"]) == nil)
        #expect(folder([:], [:], []) == nil)
    }

    @Test func readsRealProcesses() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("calling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: root.appendingPathComponent("deploy"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let script = root.appendingPathComponent("deploy/deploy.sh")
        try Data("echo $$\nread line\n".utf8).write(to: script)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-e", "deploy/deploy.sh"]
        process.currentDirectoryURL = root
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = output.fileHandleForReading.availableData
        let folder = CallingScript(processes: .machine).folder(from: process.processIdentifier)
        input.fileHandleForWriting.write(Data("\n".utf8))
        process.waitUntilExit()
        #expect(
            folder.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
                == root.appendingPathComponent("deploy").resolvingSymlinksInPath().path)
        #expect(CallingScript.Processes.machine.parent(process.processIdentifier) == nil)
    }
}
