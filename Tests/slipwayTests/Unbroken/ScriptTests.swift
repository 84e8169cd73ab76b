import Client
import Delivery
import Foundation
import Glibc
import Model
import Stacks
import Testing

@testable import slipway

/// How scripts are ended: by time, by an abort, and what follows (ACCEPTANCE S17, S18, S21-S23).
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct ScriptTests {
    @Test func `A silent step and a task over its time limit time out, whoever set the time`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.web([:])
            func end(_ message: String, _ files: [String: String]) async throws -> (DeployView, String) {
                let sha = try await slipway.built(repository, message, files)
                let view = try await slipway.end(of: try await slipway.deploy("web", sha))
                return (view, try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)"))
            }
            // By the step itself, as Shipit has it; it ignores what it can.
            var (view, log) = try await end(
                "Step",
                [
                    "slipway.yml":
                        "deploy: {override: [{\"trap '' INT TERM; echo begun; sleep 300\": {timeout: 2}}, 'echo unreached']}\n"
                ])
            #expect(view.deploy.state == .timedOut, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.reason?.contains("no output") == true)
            for line in ["no output for 2 s: sending INT", "still running after 5 s: sending TERM", "sending KILL"] {
                #expect(log.contains(line), "\(line) in \(log)")
            }
            #expect(!log.contains("unreached"))

            // By the app, for a script that says nothing of times; output keeps it alive.
            let script = "#!/bin/sh\nfor i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done\necho silent; sleep 300\n"
            (view, log) = try await end(
                "App", ["slipway.yml": "deploy: {no_output_timeout: 2s}\n", "deploy/deploy.sh": script])
            #expect(view.deploy.state == .timedOut, "\(view.deploy.reason ?? "")")
            #expect(log.contains("silent\n") && log.contains("no output for 2 s: sending INT"), "\(log)")

            // In all, however much it talks; a second step gets what is left.
            (view, log) = try await end(
                "Total",
                [
                    "slipway.yml":
                        "deploy: {time_limit: 3s, override: ['echo first', 'while :; do echo tick; sleep 0.2; done']}\n"
                ])
            #expect(view.deploy.state == .timedOut, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.reason?.contains("time limit") == true, "\(view.deploy.reason ?? "")")
            #expect(log.contains("tick") && log.contains("s is over: sending INT"), "\(log)")
            let page = try await slipway.page("/deploys/\(view.deploy.id)")
            #expect(page.contains("over its time limit"))
        }
    }

    /// Leaves children in groups and sessions of their own, one of them without a parent; all ignore the signals, and
    /// the script itself says 0.
    private static let hydra = """
        trap 'echo bye; exit 0' INT TERM
        set -m
        (trap '' HUP INT TERM; while :; do sleep 0.2; done) &
        setsid bash -c "trap '' HUP INT TERM; while :; do sleep 0.2; done" &
        setsid -f bash -c "trap '' HUP INT TERM; (trap '' HUP INT TERM; while :; do sleep 0.2; done) & while :; do sleep 0.2; done" > /dev/null 2>&1 < /dev/null
        setsid -f env -i /bin/bash -c "trap '' HUP INT TERM; exec -a HYDRA-$SLIPWAY_APP-$HEADS /bin/bash -c 'trap \\"\\" INT TERM; while :; do sleep 0.2; done'" > /dev/null 2>&1 < /dev/null
        echo begun
        while :; do sleep 0.1; done
        """

    @Test func `An abort ends every process, and one rollback follows it over a restart`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.web([:])
            let good = "#!/bin/bash\necho \"rollback=[$ROLLBACK] $REVISION\"\n"
            let first = try await slipway.built(
                repository, "Good",
                ["deploy/deploy.sh": good, "slipway.yml": "machine: {environment: {HEADS: \(slipway.name)}}\n"])
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            let second = try await slipway.built(
                repository, "Hydra", ["deploy/deploy.sh": "#!/bin/bash\n\(Self.hydra)\n"])
            let third = try await slipway.built(
                repository, "Pending", ["deploy/deploy.sh": "#!/bin/bash\ntouch \(slipway.folder)/pending\n"])

            let deploy = try await slipway.deploy("web", second)
            let pending = try await slipway.deploy("web", third)
            let later = try await slipway.deploy("web", third)
            try await slipway.wait(for: "begun", of: deploy)
            #expect(slipway.processes(with: "HEADS=\(slipway.name)").count >= 5)
            let page = try await slipway.page("/deploys/\(deploy.id)")
            #expect(page.contains("Abort and roll back to \(first.short)"), "\(page)")

            // Pending: over at once, and going back from it is refused, not forgotten.
            let refusal = await #expect(throws: Failure.self) {
                let _: Deploy = try await slipway.client().post("/deploys/\(pending.id)/abort?rollback=1")
            }
            #expect(refusal?.code == .conflict)
            let _: Deploy = try await slipway.client().post("/deploys/\(pending.id)/abort")
            #expect(try await slipway.deployView(pending.id).deploy.state == .aborted)

            // Running: by the command, then once more over the API, and the server dies before it ends.
            let command = try await slipway.program(["abort", String(deploy.id), "--rollback"])
            #expect(command.status == 0, "\(command.output)")
            try await slipway.kill9()
            try await slipway.start()
            if try await !slipway.deployView(deploy.id).deploy.state.isFinal {
                _ = try? await slipway.client().post("/deploys/\(deploy.id)/abort?rollback=1") as Deploy
            }
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .aborted, "\(view.deploy.reason ?? "")")
            #expect(slipway.processes(with: "HEADS=\(slipway.name)") == [])
            #expect(try await slipway.shell("pgrep -f HYDRA-web-\(slipway.name)") == "")

            let rollback = try #require(view.rollback)
            let end = try await slipway.end(of: rollback)
            #expect(end.deploy.state == .succeeded && end.deploy.kind == .rollback, "\(end.deploy)")
            #expect(end.deploy.sha == first && end.deploy.rollbackOf == deploy.id)
            let log = try await slipway.log(of: end.steps, at: "/deploys/\(rollback.id)")
            #expect(log.contains("rollback=[1] \(first)"), "\(log)")
            #expect(try await slipway.page("/deploys/\(deploy.id)").contains("by deploy #\(rollback.id)"))

            // What waited goes on after it; what was aborted before it began never ran.
            let last = try await slipway.end(of: later).deploy
            #expect(last.state == .succeeded)
            let (ended, begun) = (try #require(end.deploy.endedAt), try #require(last.startedAt))
            #expect(begun >= ended)
            let all: TargetView = try await slipway.client().get("/targets/web/production")
            #expect(all.deploys.filter { $0.deploy.rollbackOf != nil }.count == 1)
            #expect(all.deploys.count == 5)
            #expect(try await slipway.deployView(pending.id).steps.isEmpty)
        }
    }

    @Test func `Aborted in the middle of its rollouts, a deploy leaves the old revision and none under way`()
        async throws
    {
        try await Installation.run { slipway in
            let port = slipway.port + 1000
            let repository = try await slipway.web(WebSample(text: "one", port: port).files)
            let first = try await slipway.built(repository, "One")
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            // Many at once, so that some are on their way to the server when the script is ended.
            let many = """
                for i in $(seq 10); do
                    rancher up --stack shop --force-upgrade -d --file docker-compose.yml & sleep 0.1
                done
                echo begun; wait; sleep 300
                """
            let second = try await slipway.built(
                repository, "Two",
                WebSample(text: "two", port: port, script: many, before: "sleep 5;").files)
            let requests = try await SteadyRequests(slipway, port: port)
            let deploy = try await slipway.deploy("web", second)
            try await slipway.wait("a rollout to begin") {
                try await slipway.deployView(deploy.id).rollouts.contains { $0.state == .rolling }
            }
            let _: Deploy = try await slipway.client().post("/deploys/\(deploy.id)/abort")
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .aborted)
            #expect(view.rollouts.allSatisfy { $0.state == .cancelled }, "\(view.rollouts.map(\.state))")
            let count = view.rollouts.count
            // An `up` that got through would be seen before the next deploy has ended.
            let again = try await slipway.end(of: try await slipway.deploy("web", first))
            #expect(again.deploy.state == .succeeded)
            let after = try await slipway.deployView(deploy.id)
            #expect(after.rollouts.count == count && after.rollouts.allSatisfy { $0.state == .cancelled })
            #expect(try await slipway.containers("shop", "web").map(\.revision) == [first, first])
            let sums = try await requests.sums()
            #expect(sums.keys.filter { $0.hasPrefix("FAILED") } == [], "\(sums)")
            #expect((sums["one"] ?? 0) > 0, "\(sums)")
        }
    }
}
