import Client
import Delivery
import Foundation
import Glibc
import Model
import Stacks
import Testing

@testable import slipway

/// The registry is gone, the disk is full, for a while in the middle of everything: it goes on where it was.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(15)))
struct AwayTests {
    @Test func `A push and a pull wait for a registry that is gone`() async throws {
        try await Installation.run(serving: false) { slipway in
            let address = "127.0.0.1:\(slipway.port + 2000)"
            let (config, pid) = ("\(slipway.folder)/registry.yml", "\(slipway.folder)/registry.pid")
            try Data(
                """
                version: 0.1
                log: {level: warn, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: \(slipway.folder)/images}, delete: {enabled: true}}
                http: {addr: \(address)}

                """.utf8
            ).write(to: URL(filePath: config))
            func come() async throws {
                try await slipway.shell(
                    "docker-registry serve '\(config)' > '\(slipway.folder)/registry.log' 2>&1 & echo $! > '\(pid)'")
                try await slipway.wait("the registry") {
                    try await slipway.shell("curl -s --max-time 5 http://\(address)/v2/") == "{}"
                }
            }
            func go() async throws { try await slipway.shell("kill $(cat '\(pid)')") }
            try await slipway.start(["--registry", address])
            let port = slipway.port + 1000
            // What is pulled always is pulled at every rollout.
            var sample = WebSample(text: "one", port: port)
            sample.keys = ["labels: {io.rancher.container.pull_image: always}"]
            sample.image = ("\(slipway.name)-web", "RUN true")
            let repository = try await slipway.web(sample.files)
            let sha = try await repository.push("One")
            let id = try await slipway.wait(for: "slipway: waiting: the registry doesn't answer", inBuildOf: sha)
            #expect(try await slipway.page("/builds/\(id)").contains("Waiting: the registry"))
            try await Task.sleep(for: Installation.absence)
            try await come()
            let build = try await slipway.build(of: "web", sha)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            let log = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
            #expect(log.contains("connection refused") && log.contains("trying again after"), "\(log)")

            try await go()
            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait(for: "waiting: The registry of", of: deploy)
            #expect(try await slipway.page("/deploys/\(deploy.id)").contains("waiting: The registry of"))
            try await Task.sleep(for: Installation.absence)
            try await come()
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.verification == .verified(containers: 2))
            try await go()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "a disk of its own needs root"))
    func `A disk that is full in the middle of a test, a build, a push and a rollout loses nothing`() async throws {
        try await Installation.run(serving: false) { slipway in
            try await slipway.mountSmallDisk(megabytes: 400)
            try await slipway.start()
            let fill = "\(slipway.data.path)/fill"
            func full(_ what: String, _ during: () async throws -> Void) async throws {
                try await slipway.shell("head -c 500M /dev/zero > '\(fill)'")
                try await during()
                try await Task.sleep(for: Installation.absence)
                try await slipway.shell("rm '\(fill)'")
            }
            let port = slipway.port + 1000
            // It listens late, so that its rollout is still going on when the disk is full.
            var sample = WebSample(text: "one", port: port, before: "sleep 10;")
            sample.image = (
                "\(slipway.name)-web", "RUN for i in 1 2 3 4; do echo building \(slipway.name) $i; sleep 1; done"
            )
            var files = sample.files
            files["slipway.yml"]?.append(
                "test: {image: 'debian:12-slim', steps: ['for i in 1 2 3 4; do echo tested $i; sleep 1; done']}\n")
            let repository = try await slipway.web(files)
            let sha = try await repository.push("One")
            let id = try await slipway.wait(for: "tested 1", inBuildOf: sha)
            try await full("test") {
                let page = try await slipway.page("/builds/\(id)")
                #expect(page.contains("is full"))
            }
            try await slipway.wait(for: "building \(slipway.name) 1", inBuildOf: sha)
            try await full("build") {}
            _ = try await slipway.step("Push the image", ofBuildOf: sha)
            try await full("push") {}
            let build = try await slipway.build(of: "web", sha)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            let log = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
            for line in (1...4).flatMap({ ["\ntested \($0)\n", "\nbuilding \(slipway.name) \($0)\n"] }) {
                #expect(("\n" + log).components(separatedBy: line).count == 2, "\(line) once in \(log)")
            }

            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait("the rollout to start a container") {
                try await slipway.deployView(deploy.id).rollouts.contains {
                    $0.log.contains { $0.text.hasPrefix("started") }
                }
            }
            try await full("rollout") {
                let page = try await slipway.page("/deploys/\(deploy.id)")
                #expect(page.contains("is full"))
            }
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(try await slipway.containers("shop", "web").map(\.revision) == [sha, sha])
        }
    }
}
