import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// The server stopped, started and killed in the middle of the journey.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct RestartTests {
    private static let files = [
        "Dockerfile": """
        FROM debian:12-slim
        COPY . /app
        CMD ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]

        """,
        "docker-compose.yml": """
        version: "2"
        services:
          web:
            image: acme/web:${REVISION}

        """,
        "rancher-compose.yml": "version: \"2\"\nservices:\n  web:\n    scale: 3\n",
        "deploy/deploy.sh": """
        #!/bin/sh
        set -e
        for i in 1 2 3 4 5 6; do echo "line $i"; sleep 0.5; done
        rancher up --stack shop --upgrade --batch-size 1 -d --file docker-compose.yml
        echo "after the rollout"

        """,
        "slipway.yml":
            "rollout: {settle: 1s}\ntest: {image: 'debian:12-slim', steps: ['for i in 1 2 3 4; do echo tested $i; sleep 0.5; done']}\n",
    ]

    @Test func `A script and a rollout go on while the server is dead, and the deploy ends right`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: Self.files)
            let sha = try await repository.push("First")
            try await slipway.wait("the test to run") {
                let view: TargetView = try await slipway.client().get("/targets/web/production")
                guard let build = view.commits.first?.build else { return false }
                let steps = (try await slipway.client().get("/builds/\(build.id)") as BuildView).steps
                return steps.contains { $0.state == .running && $0.name.hasPrefix("for i") }
            }
            try await slipway.kill9()
            try await slipway.start()
            let build = try await slipway.build(of: "web", sha)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            let tested = try await slipway.log(of: build.steps, at: "/builds/\(build.build.id)")
            #expect(tested.components(separatedBy: "tested ").count == 5, "each line once: \(tested)")

            let deploy = try await slipway.deploy("web", sha)
            for moment in ["line 2", "batch"] {
                try await slipway.wait("the log to say \(moment)") {
                    // Before the steps are planned there is no log.
                    let bytes = (try? await slipway.client().bytes("/deploys/\(deploy.id)/steps/1/log")) ?? []
                    let log = String(decoding: bytes, as: UTF8.self)
                    let view: DeployView = try await slipway.client().get("/deploys/\(deploy.id)")
                    return log.contains(moment) || view.rollouts.contains { !$0.state.isFinal && !$0.log.isEmpty }
                }
                try await slipway.kill9()
                try await slipway.start()
            }
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.verification == .verified(containers: 3))
            let log = try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)")
            for line in (1...6).map({ "line \($0)\n" }) + ["after the rollout\n"] {
                #expect(log.components(separatedBy: line).count == 2, "\(line) once in: \(log)")
            }
            #expect(view.rollouts.map(\.state) == [.done])
            #expect(try await slipway.containers("shop", "web").count == 3)
        }
    }

    @Test func `A stop is graceful while a script runs, and the next start goes on`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web", files: ["slipway.yml": "deploy: {override: ['echo begun; sleep 3; echo ended']}\n"])
            let sha = try await repository.push("First")
            _ = try await slipway.build(of: "web", sha)
            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait("the script to run") {
                String(
                    decoding: (try? await slipway.client().bytes("/deploys/\(deploy.id)/steps/1/log")) ?? [],
                    as: UTF8.self
                )
                .contains("begun")
            }
            try await slipway.terminate()
            try await slipway.start()
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .succeeded)
            #expect(try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)").contains("ended"))
        }
    }
}
