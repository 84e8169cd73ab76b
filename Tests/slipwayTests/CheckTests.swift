import ArgumentParser
import Foundation
import Model
import Pipeline
import Testing

@testable import slipway

@Suite struct CheckTests {
    private let report = RepositoryCheck.run(
        RepositoryFiles(text: { ["slipway.yml": "tests: {}\nwatch: {for: 5m}"][$0] }))

    @Test func printsFindingsAsTextGitHubAndJSON() throws {
        let text = try CheckOutput.render(report, as: .text, prefix: ".", colour: false)
        #expect(
            text == """
                slipway.yml:1:1: error: unknown key "tests" (did you mean "test"?)
                slipway.yml:2:1: warning: "watch" is read but not used yet
                1 file, 1 error, 1 warning
                """)
        let colour = try CheckOutput.render(report, as: .text, prefix: "a/", colour: true)
        #expect(colour.hasPrefix("a/slipway.yml:1:1: \u{1B}[31merror:\u{1B}[0m unknown"))
        let github = try CheckOutput.render(report, as: .github, prefix: "a", colour: false)
        #expect(github.hasPrefix("::error file=a/slipway.yml,line=1,col=1::unknown key \"tests\" (did you mean"))
        let json = try CheckOutput.render(report, as: .json, prefix: ".", colour: false)
        let read = try JSONDecoder().decode(RepositoryCheck.Report.self, from: Data(json.utf8))
        #expect(read == report)
    }

    @Test func readsAFolderAndExitsByWhatItFinds() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let compose = root.appendingPathComponent("docker-compose.yml")
        try Data("a: {image: 'x:${REVISION}', user: '${WHO}'}".utf8).write(to: compose)
        let command = try CheckCommand.parse([root.path])
        #expect(throws: (any Error).self) { try command.run() }
        try CheckCommand.parse([root.path, "--set", "WHO=me", "--format", "json"]).run()
        #expect(throws: (any Error).self) { try CheckCommand.parse([root.path + "/none"]).run() }
    }

    @Test func asksTheEngineThatIsNamed() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try Data("a: {image: x, privileged: true}".utf8).write(to: root.appendingPathComponent("docker-compose.yml"))
        for engine in ["docker", "kubernetes"] { try CheckCommand.parse([root.path, "--engine", engine]).run() }
        try CheckCommand.parse([root.path]).run()
        let swarm = try CheckCommand.parse([root.path, "--engine", "swarm"])
        #expect(throws: (any Error).self) { try swarm.run() }
        #expect(throws: (any Error).self) { try CheckCommand.parse(["--engine", "nomad"]) }
    }
}
