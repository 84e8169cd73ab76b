import Client
import Delivery
import Foundation
import Glibc
import Model
import Supervisor
import Testing

@testable import slipway

/// What Slipway depends on is down, hangs or is full: one clear error where the person looks, and trying again works.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct DependencyTests {
    private static let image = ["Dockerfile": "FROM debian:12-slim\nCOPY . /app\nCMD [\"/bin/sleep\", \"infinity\"]\n"]

    // MARK: The registry

    @Test func `A registry that dies comes back by itself, and building again works`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: Self.image)
            let sha = try await repository.push("First", ["slipway.yml": "image: {name: \(slipway.name)-web}\n"])
            let id = try await slipway.step("Push the image", ofBuildOf: sha)
            let pid = try #require(slipway.registryPID)
            kill(pid, SIGKILL)
            let first = try await slipway.build(of: "web", sha).build
            #expect(first.state == .succeeded, "\(first.reason ?? "")")
            try await slipway.wait("another registry") { slipway.registryPID.map { $0 != pid } ?? false }
            let again: Build = try await slipway.client().post("/apps/web/commits/\(sha)/builds")
            #expect(again.id != id)
            let second = try await slipway.build(of: "web", sha)
            #expect(second.build.id == again.id)
            #expect(second.build.state == .succeeded, "\(second.build.reason ?? "")")
        }
    }

    @Test func `A registry that doesn't answer fails the push, and says so on the build`() async throws {
        try await Installation.run(serving: false) { slipway in
            try await slipway.start(["--registry", "127.0.0.1:1", "--patience", "1"])
            let repository = try await slipway.app("web", files: Self.image)
            let sha = try await repository.push("First", ["slipway.yml": "image: {name: \(slipway.name)-web}\n"])
            let view = try await slipway.build(of: "web", sha)
            #expect(view.build.state == .failed)
            #expect(view.build.reason?.contains("127.0.0.1:1") == true, "\(view.build.reason ?? "")")
            #expect(view.build.reason?.contains("connection refused") == true, "\(view.build.reason ?? "")")
            #expect(view.image == nil)
        }
    }

    // MARK: The engine

    @Test func `An engine that is down is named on builds and deploys, with the way to mend it`() async throws {
        try await Installation.run(serving: false) { slipway in
            let socket = "\(slipway.folder)/nowhere.sock"
            try await slipway.start(["--engine", socket, "--patience", "1"])
            let up = "#!/bin/sh\nexec rancher up --stack shop -d\n"
            let repository = try await slipway.app(
                "web",
                files: [
                    "slipway.yml": "test: {image: 'debian:12-slim', steps: ['true']}\n",
                    "deploy/deploy.sh": up, "docker-compose.yml": "web: {image: 'debian:12-slim'}\n",
                ])
            let tested = try await slipway.build(of: "web", try await repository.push("Tested"))
            #expect(tested.build.state == .failed)
            #expect(tested.build.reason?.contains(socket) == true, "\(tested.build.reason ?? "")")
            #expect(tested.build.reason?.contains("systemctl start docker") == true, "\(tested.build.reason ?? "")")

            let made = try await repository.push(
                "Image", Self.image.merging(["slipway.yml": "image: \(slipway.name)-web\n"]) { $1 })
            let image = try await slipway.build(of: "web", made)
            #expect(image.build.state == .failed)
            #expect(image.build.reason?.contains(socket) == true, "\(image.build.reason ?? "")")

            try await repository.git("rm", "--quiet", "Dockerfile")
            let untested = try await repository.push("Untested", ["slipway.yml": "rollout: {deadline: 3s}\n"])
            #expect(try await slipway.build(of: "web", untested).build.state == .succeeded)
            let deploy = try await slipway.end(of: try await slipway.deploy("web", untested))
            let log = try await slipway.log(of: deploy.steps, at: "/deploys/\(deploy.deploy.id)")
            #expect(deploy.deploy.state == .failed)
            #expect("\(log) \(deploy.deploy.reason ?? "")".contains(socket), "\(log) \(deploy.deploy.reason ?? "")")

            let view: TargetView = try await slipway.client().get("/targets/web/production")
            #expect(view.commits.count == 3)
            let doctor = try await slipway.program(["doctor", "--engine", socket])
            #expect(doctor.status == 1)
            #expect(doctor.output.contains(socket), "\(doctor.output)")
        }
    }

    // MARK: Git remotes

    @Test func `A remote that hangs holds up neither who adds it nor other apps nor a stop`() async throws {
        try await Installation.run { slipway in
            let remote = try SilentRemote()
            let origin = Repository(folder: "\(slipway.folder)/origin", remote: "")
            try FileManager.default.createDirectory(atPath: origin.folder, withIntermediateDirectories: true)
            try await origin.git("init", "--quiet", "--initial-branch", "main")
            _ = try await origin.commit("First", ["README": "1\n"])
            for (name, url) in [("a", "git://127.0.0.1:\(remote.port)/x"), ("b", "http://127.0.0.1:\(remote.port)/x")] {
                let _: App = try await slipway.client().post("/apps", ["name": name, "url": url, "branch": "main"])
            }
            let _: App = try await slipway.client().post(
                "/apps", ["name": "web", "url": "file://\(origin.folder)", "branch": "main"])
            let second = try await origin.commit("Second", ["README": "2\n"])
            #expect(try await slipway.build(of: "web", second).build.state == .succeeded)
            try await slipway.wait("the problem to be told") {
                let apps: [AppSummary] = try await slipway.client().get("/apps")
                return apps.filter { $0.app.problem?.contains("has not answered") == true }.count == 2
            }
            let failure = await #expect(throws: Failure.self) { try await slipway.client().post("/apps/a/refresh") }
            #expect(failure?.code == .timedOut)
            try await slipway.terminate()
            #expect(try await slipway.shell("pgrep -f 127.0.0.1:\(remote.port)/x") == "")
        }
    }

    // MARK: Starting

    @Test func `A server that can't run says why in a sentence and ends`() async throws {
        try await Installation.run { slipway in
            func refusal(_ arguments: [String], _ variables: [String: String] = [:]) async throws -> String {
                let run = try await slipway.program(["serve"] + arguments, variables)
                #expect([1, 2].contains(run.status), "\(arguments): \(run.status)")
                let text = run.output
                for noise in ["ServiceGroup", "Fatal", "Error(", "swift", "errno:", "NIO"] {
                    #expect(!text.contains(noise), "\(noise) in \(text)")
                }
                return text
            }
            let fresh = "\(slipway.folder)/fresh"
            var text = try await refusal(["--data", fresh, "--port", String(slipway.port)])
            #expect(text.contains("127.0.0.1:\(slipway.port)") && text.contains("--port"), "\(text)")
            text = try await refusal(["--data", slipway.data.path, "--port", "1"])
            #expect(text.contains("Another server uses the data directory \(slipway.data.path)"), "\(text)")
            text = try await refusal(["--data", "/proc/slipway"])
            #expect(text.contains("/proc/slipway") && text.contains("--data"), "\(text)")
            text = try await refusal(["--data", fresh, "--prot", "1"])
            #expect(text.contains("--prot"), "\(text)")
            text = try await refusal(["--data", fresh, "--port", "99999"])
            #expect(text.contains("99999"), "\(text)")
            text = try await refusal(["--data", fresh, "--host", "no.such.host.invalid"])
            #expect(text.contains("no.such.host.invalid"), "\(text)")
            text = try await refusal(["--data", fresh, "--engine", "relative.sock"])
            #expect(text.contains("relative.sock"), "\(text)")

            // A PATH that has all but the registry.
            let bin = "\(slipway.folder)/path"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            for program in ["git", "docker", "setsid", "haproxy"] {
                let path = try await slipway.shell("PATH=$PATH:/usr/sbin command -v \(program)")
                try FileManager.default.createSymbolicLink(
                    atPath: "\(bin)/\(program)",
                    withDestinationPath: path.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            text = try await refusal(["--data", fresh, "--port", "0"], ["PATH": bin])
            #expect(text.contains("docker-registry") && text.contains("apt-get install"), "\(text)")
            #expect(Daemon(name: "registry", pidDirectory: "\(fresh)/run/daemons", logPath: "/dev/null").pid == nil)
        }
    }
}
