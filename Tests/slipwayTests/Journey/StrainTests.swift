import Client
import Delivery
import Engines
import Foundation
import Glibc
import Model
import Stacks
import Testing

@testable import slipway

/// A full disk, a stop with everything open, many requests at once; and nothing is left behind.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct StrainTests {
    private func script(_ command: String) -> [String: String] {
        ["slipway.yml": "deploy:\n  override:\n    - '\(command.replacing("'", with: "''"))'\n"]
    }

    @Test(.enabled(if: geteuid() == 0, "a disk of its own needs root"))
    func `A full disk loses nothing, says so, and all goes on when there is room`() async throws {
        try await Installation.run(serving: false) { slipway in
            try await slipway.mountSmallDisk(megabytes: 48)
            try await slipway.start()
            let fill = "\(slipway.data.path)/fill"
            try Data().write(to: URL(filePath: fill))
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: fill)
            let repository = try await slipway.app("web", files: [:])
            let sha = try await repository.push(
                "Fill",
                script(
                    "umask 0; echo begun; test -e \(slipway.folder)/mark || head -c 64M /dev/zero > \(fill); for i in 1 2 3; do echo line $i; done; echo $? > \(slipway.folder)/mark"
                ))
            _ = try await slipway.build(of: "web", sha)
            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait("the script to be through") {
                FileManager.default.fileExists(atPath: "\(slipway.folder)/mark")
            }
            let failure = await #expect(throws: Failure.self) { try await slipway.deploy("web", sha) }
            #expect(failure?.code == .unavailable, "\(String(describing: failure))")
            #expect(failure?.hint?.contains("Free space") == true, "\(String(describing: failure))")
            let during: DeployView = try await slipway.client().get("/deploys/\(deploy.id)")
            #expect(!during.deploy.state.isFinal)
            #expect(during.notice?.contains("is full") == true)

            try FileManager.default.removeItem(atPath: fill)
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(view.notice == nil)
            let log = try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)")
            #expect(log.contains("line 1\nline 2\nline 3\n"), "\(log)")
            let again = try await slipway.end(of: try await slipway.deploy("web", sha))
            #expect(again.deploy.state == .succeeded)
        }
    }

    @Test func `A stop ends open event streams and followed logs`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: script("echo begun; sleep 3; echo ended"))
            let sha = try await repository.push("First")
            _ = try await slipway.build(of: "web", sha)
            let deploy = try await slipway.deploy("web", sha)
            let api = "http://x/api/v1"
            for (name, path) in [
                ("events", "\(api)/events"), ("log", "\(api)/deploys/\(deploy.id)/steps/1/log?follow=1"),
                ("live", "http://x/deploys/\(deploy.id)/steps/1/log/live"),
            ] {
                try await slipway.shell(
                    "curl -sN --unix-socket '\(slipway.data.socket)' '\(path)' > '\(slipway.folder)/\(name)' 2>/dev/null &"
                )
            }
            try await slipway.wait("the streams to be open") {
                try ["events", "log", "live"].allSatisfy {
                    try !String(contentsOfFile: "\(slipway.folder)/\($0)", encoding: .utf8).isEmpty
                }
            }
            try await slipway.terminate()
            try await slipway.wait("the clients to end") {
                try await slipway.shell("pgrep -f 'unix-socket \(slipway.data.socket)'") == ""
            }
            try await slipway.start()
            #expect(try await slipway.end(of: deploy).deploy.state == .succeeded)
        }
    }

    @Test func `Builds and deploys leave logs and nothing else`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: [:])
            for number in 1...3 {
                let sha = try await repository.push(
                    "Commit \(number)",
                    [
                        "slipway.yml": """
                        test: {image: 'debian:12-slim', steps: ['echo tested \(number)', {command: 'sleep 60', background: true}]}
                        deploy: {override: ['echo deployed \(number)\(number == 2 ? "; exit 1" : "")']}

                        """
                    ])
                let build = try await slipway.build(of: "web", sha)
                #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
                let view = try await slipway.end(of: try await slipway.deploy("web", sha))
                #expect(view.deploy.state == (number == 2 ? .failed : .succeeded))
                let log = try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)")
                #expect(log.contains("deployed \(number)"))
            }
            try await slipway.waitUntilTidy()
            #expect(slipway.names(in: "logs/builds") == ["1", "2", "3"])
            #expect(slipway.names(in: "logs/deploys") == ["1", "2", "3"])
            let instance = try slipway.data.instance()
            #expect(try await slipway.shell("docker ps -aq --filter label=dev.slipway.instance=\(instance)") == "")
        }
    }

    @Test func `Requests at once are one deploy under one key, else deploys one after another`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web", files: script("mkdir /tmp/\(slipway.name) || exit 9; sleep 0.3; rmdir /tmp/\(slipway.name)"))
            let sha = try await repository.push("First")
            _ = try await slipway.build(of: "web", sha)
            let (key, client) = (UUID(), try slipway.client())
            let body = ["revision": sha.description]
            func ids(_ count: Int, _ key: UUID?) async throws -> [Int64] {
                try await withThrowingTaskGroup(of: Int64.self) { group in
                    for _ in 0..<count {
                        group.addTask {
                            let deploy: Deploy = try await client.post(
                                "/targets/web/production/deploys", body, key: key ?? UUID())
                            return deploy.id
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            let one = try await ids(20, key)
            #expect(Set(one).count == 1)
            let several = try await ids(4, nil)
            #expect(Set(several + one).count == 5)
            for id in Set(several + one) {
                let deploy: DeployView = try await client.get("/deploys/\(id)")
                let view = try await slipway.end(of: deploy.deploy)
                #expect(view.deploy.state == .succeeded, "\(id): \(view.deploy.reason ?? "")")
            }
            let page: TargetView = try await client.get("/targets/web/production")
            #expect(page.deploys.count == 5)
        }
    }

    @Test func `Up by hand works from a terminal, and a wrong file changes nothing`() async throws {
        try await Installation.run { slipway in
            let folder = "\(slipway.folder)/by-hand"
            let compose = "\(folder)/docker-compose.yml"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            func up(_ text: String, _ more: [String] = []) async throws -> (status: Int32, output: String) {
                try Data(text.utf8).write(to: URL(filePath: compose))
                return try await slipway.program(["up", "--stack", "shop", "-d", "-f", compose] + more)
            }
            let good = "web:\n  image: debian:12-slim\n  command: [sleep, infinity]\n  stop_signal: SIGKILL\n"
            var run = try await up(good)
            #expect(run.status == 0, "\(run.output)")
            let first = try await slipway.containers("shop", "web").map(\.id)
            #expect(first.count == 1)

            run = try await up(good + "  imgae: x\n", ["--upgrade"])
            #expect(run.status == 1, "\(run.output)")
            #expect(run.output.contains("docker-compose.yml:5:"), "\(run.output)")
            run = try await up(good, ["--upgrade", "--environment", "Nowhere"])
            #expect(run.status == 1 && run.output.contains("Nowhere"), "\(run.output)")
            run = try await up(good, ["--nonsense"])
            #expect(run.status == 2 && run.output.contains("--nonsense"), "\(run.output)")
            #expect(try await slipway.containers("shop", "web").map(\.id) == first)

            run = try await up(good.replacing("[sleep, infinity]", with: "[/nonexistent]"), ["--upgrade"])
            #expect(run.status == 3, "\(run.output)")
            let containers = try await slipway.containers("shop", "web")
            #expect(containers.count == 1 && containers.first?.state == .running, "\(containers)")
        }
    }
}
