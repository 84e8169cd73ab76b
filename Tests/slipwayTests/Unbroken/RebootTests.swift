import Client
import Delivery
import Foundation
import Glibc
import Model
import Stacks
import Testing

@testable import slipway

/// A cancel, a reboot, a stop and an upgrade in the middle of work (ACCEPTANCE C34, C37, N4).
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct RebootTests {
    @Test func `A cancel reaches the process within two seconds, and leaves nothing on the engine`() async throws {
        try await Installation.run { slipway in
            let dockerfile = "FROM debian:12-slim\nVOLUME /kept\nCMD [\"sleep\", \"infinity\"]\n"
            // The trap tells when TERM came; then it goes on, so that only KILL ends it.
            let step =
                "trap 'date +%s.%N > /workspace/term' TERM; trap '' INT; echo begun; while :; do sleep 0.1 || :; done"
            let repository = try await slipway.web([
                "Dockerfile.test": dockerfile,
                "slipway.yml": """
                image: false
                test:
                  image: debian:12-slim
                  services: [{name: db, build: {dockerfile: Dockerfile.test}}]
                  steps:
                    - |
                      \(step)

                """,
            ])
            let instance = try slipway.data.instance()
            func left() async throws -> String {
                try await slipway.shell(
                    """
                    docker ps -aq --filter label=dev.slipway.instance=\(instance)
                    docker network ls -q --filter label=dev.slipway.instance=\(instance)
                    """)
            }
            let sha = try await repository.push("Stubborn")
            let id = try await slipway.wait(for: "begun", inBuildOf: sha)
            let volumes = try await slipway.shell(
                "docker ps -q --filter label=dev.slipway.build=\(id) --filter label=dev.slipway.instance=\(instance) | xargs docker inspect --format '{{range .Mounts}}{{if eq .Type \"volume\"}}{{.Name}}{{end}}{{end}}'"
            ).split(separator: "\n")
            #expect(volumes.count == 1, "\(volumes)")
            let asked = Date()
            try await slipway.client().post("/builds/\(id)/cancel")
            let mark = "\(slipway.data.path)/checkouts/build-\(id)/term"
            let text = try await slipway.wait("TERM to arrive") { () -> String? in
                let text = (try? String(contentsOfFile: mark, encoding: .utf8)) ?? ""
                return text.hasSuffix("\n") ? text : nil
            }
            let seconds =
                try #require(Double(text.trimmingCharacters(in: .whitespacesAndNewlines))) - asked.timeIntervalSince1970
            print("TERM came after \(seconds) s")
            let build = try await slipway.build(of: "web", sha)
            #expect(build.build.state == .cancelled)
            let log = try await slipway.log(of: build.steps, at: "/builds/\(id)")
            #expect(
                log.contains("sending TERM") && log.contains("sending KILL") && !log.contains("sending INT"), "\(log)")
            try await slipway.wait("its containers to be gone") { try await left() == "" }
            for volume in volumes {
                #expect(try await slipway.shell("docker volume ls -q --filter name=\(volume)") == "")
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "another boot's number needs root"))
    func `After a reboot everything has a true end or goes on`() async throws {
        try await Installation.run { slipway in
            let port = slipway.port + 1000
            let repository = try await slipway.web(WebSample(text: "one", port: port).files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            let second = try await slipway.built(
                repository, "Two",
                WebSample(
                    text: "two", port: port,
                    script:
                        "echo once >> \(slipway.folder)/ran\nrancher up --stack shop --upgrade -d --file docker-compose.yml",
                    before: "sleep 10;"
                ).files)
            // Two builds take the slots, a third waits; a deploy is in its rollout and another waits for it.
            let test = "image: false\ntest: {image: 'debian:12-slim', steps: ['echo begun; sleep 600']}\n"
            let running = [
                try await repository.push("Running 1", ["slipway.yml": test]),
                try await repository.push("Running 2", ["slipway.yml": test + "# 2\n"]),
            ]
            for sha in running { try await slipway.wait(for: "begun", inBuildOf: sha) }
            let queued = try await repository.push(
                "Queued", ["slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['echo fine']}\n"])
            let deploy = try await slipway.deploy("web", second)
            let waiting = try await slipway.deploy("web", first)
            try await slipway.wait("the rollout to be in its middle") {
                try await slipway.deployView(deploy.id).rollouts.contains {
                    $0.log.contains { $0.text.hasPrefix("started") }
                }
            }

            try await slipway.reboot()
            for sha in running {
                let build = try await slipway.build(of: "web", sha).build
                #expect(build.state == .failed && build.reason?.contains("its supervisor died") == true, "\(build)")
            }
            #expect(try await slipway.build(of: "web", queued).build.state == .succeeded)
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .failed, "\(view.deploy)")
            #expect(!view.rollouts.contains { !$0.state.isFinal })
            #expect(try String(contentsOfFile: "\(slipway.folder)/ran", encoding: .utf8) == "once\n")
            let last = try await slipway.end(of: waiting)
            #expect(last.deploy.state == .succeeded, "\(last.deploy.reason ?? "")")
            // The containers that the reboot ended are brought back by and by.
            try await slipway.wait("the first revision to serve, and it alone") {
                let containers = try await slipway.containers("shop", "web")
                return containers.map(\.revision) == [first, first] && containers.allSatisfy(\.serving)
            }
            #expect(try await slipway.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "one")
            let instance = try slipway.data.instance()
            try await slipway.wait("leftovers to be removed") {
                try await slipway.shell(
                    "docker ps -aq --filter label=dev.slipway.instance=\(instance) --filter label=dev.slipway.purpose=build"
                ) == ""
            }
            try await slipway.waitUntilTidy()
        }
    }

    @Test func `A stop and a new package in the middle of a build and a deploy are restarts like any other`()
        async throws
    {
        try await Installation.run(serving: false) { slipway in
            let program = try await slipway.unpack("0.1.0-1")
            try await slipway.launch(executable: program)
            try await slipway.wait("the server to answer") {
                (try? await slipway.client().get("/apps") as [AppSummary]) != nil
            }
            let port = slipway.port + 1000
            var sample = WebSample(text: "one", port: port)
            let repository = try await slipway.web(sample.files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            let requests = try await SteadyRequests(slipway, port: port)

            sample.text = "two"
            sample.before = "sleep 2;"
            sample.script = """
                echo script begun
                rancher up --stack shop --upgrade -d --file docker-compose.yml
                echo script ended
                """
            let second = try await slipway.built(repository, "Two", sample.files)
            sample.image = ("\(slipway.name)-web", "RUN echo building \(slipway.name); sleep 5; echo built")
            let third = try await repository.push("Three", sample.files)
            try await slipway.wait(for: "building \(slipway.name)", inBuildOf: third)
            let deploy = try await slipway.deploy("web", second)
            try await slipway.wait("the rollout to begin") {
                try await slipway.deployView(deploy.id).rollouts.contains { $0.state == .rolling }
            }
            // Event streams are open, a build, a script and a rollout are under way.
            try await slipway.shell(
                "curl -sN --unix-socket '\(slipway.data.socket)' http://x/live > /dev/null 2>&1 &")
            let old = try #require(slipway.pid)
            #expect(try await slipway.unpack("0.1.1-1") == program)
            // What the unit says of a stop (KillMode=process): the signal goes to the main process alone.
            #expect(try Package.unit().contains("\nKillMode=process\n"))
            try await slipway.terminate()
            try await slipway.launch(executable: program)
            try await slipway.wait("the new program to answer") {
                (try? await slipway.client().get("/apps") as [AppSummary]) != nil
            }
            #expect(slipway.pid != old)
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            let log = try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)")
            for line in ["script begun\n", "script ended\n"] {
                #expect(log.components(separatedBy: line).count == 2, "\(log)")
            }
            let build = try await slipway.build(of: "web", third)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            let built = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
            #expect(built.components(separatedBy: "\nbuilding \(slipway.name)\n").count == 2, "\(built)")
            let sums = try await requests.sums()
            #expect(sums.keys.sorted() == ["one", "two"], "\(sums)")
        }
    }
}

extension Installation {
    /// What a reboot of the machine does: every process of the installation and every container ends at once; the next
    /// server finds another boot's number.
    fileprivate func reboot() async throws {
        let instance = try data.instance()
        try await shell(
            """
            # Every process that has the data directory in its arguments or its environment, but not this shell.
            for folder in /proc/[0-9]*; do
                process=${folder#/proc/}
                [ $process != $$ ] || continue
                if tr '\\0' '\\n' < $folder/cmdline 2> /dev/null | grep -qF '\(data.path)' ||
                    tr '\\0' '\\n' < $folder/environ 2> /dev/null | grep -qF '\(data.path)'; then
                    kill -KILL $process 2> /dev/null
                fi
            done
            # Not `docker kill`: the engine starts again what nobody stopped, as it does after a reboot.
            docker ps -q --filter label=dev.slipway.instance=\(instance) |
                xargs -r docker inspect --format '{{.State.Pid}}' | xargs -r kill -KILL
            """)
        try await wait("the server to be dead") { pid.map { kill($0, 0) != 0 } ?? true }
        let boot = "\(folder)/boot_id"
        try Data((UUID().uuidString.lowercased() + "\n").utf8).write(to: URL(filePath: boot))
        let mount = "mount --bind '\(boot)' /proc/sys/kernel/random/boot_id && exec \"$@\""
        try await launch(wrapper: ["unshare", "--mount", "/bin/sh", "-c", mount, "boot"])
        try await wait("the server to answer") { (try? await client().get("/apps") as [AppSummary]) != nil }
    }
}
