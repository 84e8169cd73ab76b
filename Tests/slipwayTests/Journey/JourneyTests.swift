import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// The journey from the outside: the built program, git, a real engine.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct JourneyTests {
    /// An image without anything to fetch.
    private static let dockerfile = """
        FROM debian:12-slim
        COPY . /app
        CMD ["/bin/sh", "-c", "trap 'exit 0' TERM; echo started; while :; do sleep 1 & wait; done"]

        """

    /// The two files of the source article, word for word (DESIGN 4).
    private static let article = [
        "deploy/deploy.sh": """
        rancher --environment MyEnvironment up my-service --stack 360-micro-service --force-upgrade --batch-size 1 -d

        """,
        "deploy/docker_compose.yml": """
        my-service:
          labels:
            io.rancher.container.pull_image: always
          tty: true
          image: my_repo/360_service:${REVISION}
          stdin_open: true

        """,
        "slipway.yml": "rollout: {settle: 1s}\n",
        "Dockerfile": dockerfile,
    ]

    @Test func `The article's two files, word for word, are deployed, redeployed and rolled back`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("article", files: Self.article)
            let first = try await repository.push("First")
            let image = try #require(try await slipway.build(of: "article", first).image)
            #expect(image.name == "my_repo/360_service")
            let second = try await repository.push("Second", ["note": "2"])
            #expect(try await slipway.build(of: "article", second).build.state == .succeeded)

            for (sha, kind) in [
                (first, Deploy.Kind.deploy), (second, .deploy), (second, .redeploy), (first, .rollback),
            ] {
                let before = try await slipway.containers("360-micro-service", "my-service").map(\.id)
                let deploy = try await slipway.deploy("article", sha)
                #expect(deploy.kind == kind)
                let view = try await slipway.end(of: deploy)
                #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
                #expect(view.deploy.verification == .verified(containers: 1))
                let after = try await slipway.containers("360-micro-service", "my-service")
                #expect(after.map(\.revision) == [sha])
                #expect(after.first?.matches == true)
                #expect(Set(before).isDisjoint(with: after.map(\.id)))
            }
            let digests = try await slipway.shell(
                "docker ps -q --filter label=dev.slipway.environment=\(slipway.name) | xargs docker inspect --format '{{.Config.Image}}'"
            )
            #expect(digests.trimmingCharacters(in: .whitespacesAndNewlines) == image.pinned)
            let labels = try await slipway.shell("docker inspect --format '{{json .Config.Labels}}' '\(image.pinned)'")
            #expect(labels.contains("\"org.opencontainers.image.revision\":\"\(first)\""))
        }
    }

    @Test func `A push of sixty commits shows all sixty, a force push hides what is gone`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: ["README": "hello\n"])
            let base = try await repository.push("Base")
            for number in 1...60 { _ = try await repository.commit("Commit \(number)", ["n": "\(number)\n"]) }
            let tip = try await repository.push("Tip")
            let view: TargetView = try await slipway.client().get("/targets/web/production?limit=100")
            #expect(view.commits.count == 62)
            #expect(view.commits.first?.commit.sha == tip)
            #expect(view.commits.last?.commit.sha == base)
            let row = try #require(view.commits.first { $0.commit.title == "Commit 7" }?.commit)
            #expect(row.additions == 1 && row.deletions == 1)
            #expect(row.authorName == "Ada Lovelace")

            try await repository.git("reset", "--quiet", "--hard", base.description)
            let other = try await repository.push("Another way", force: true)
            let after: TargetView = try await slipway.client().get("/targets/web/production?limit=100")
            #expect(after.commits.map(\.commit.sha) == [other, base])
        }
    }

    @Test func `A git URL is polled`() async throws {
        try await Installation.run { slipway in
            let origin = Repository(folder: "\(slipway.folder)/origin", remote: "")
            try FileManager.default.createDirectory(atPath: origin.folder, withIntermediateDirectories: true)
            try await origin.git("init", "--quiet", "--initial-branch", "main")
            let first = try await origin.commit("First", ["README": "1\n"])
            let _: App = try await slipway.client().post(
                "/apps", ["name": "web", "url": "file://\(origin.folder)", "branch": "main"])
            #expect(try await slipway.build(of: "web", first).build.state == .succeeded)
            let second = try await origin.commit("Second", ["README": "2\n"])
            #expect(try await slipway.build(of: "web", second).build.state == .succeeded)
        }
    }

    @Test func `A failing test means no image and no button`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web",
                files: [
                    "Dockerfile": Self.dockerfile,
                    "slipway.yml": """
                    test:
                      image: debian:12-slim
                      steps:
                        - echo one; echo two >&2
                        - {name: fails, command: exit 3}
                        - echo never
                        - {name: afterwards, command: echo cleaning up, when: always}
                    image: {name: \(slipway.name)-web}
                    """,
                ])
            let sha = try await repository.push("Broken")
            let view = try await slipway.build(of: "web", sha)
            #expect(view.build.state == .failed)
            #expect(view.build.reason == "fails: exit status 3")
            #expect(view.image == nil)
            #expect(view.steps.filter { $0.state == .skipped }.map(\.name).contains("echo never"))
            let log = try await slipway.log(of: view.steps, at: "/builds/\(view.build.id)")
            #expect(log.contains("one\ntwo\n"))
            #expect(log.contains("cleaning up"))
            #expect(!log.contains("never"))
            let target: TargetView = try await slipway.client().get("/targets/web/production")
            #expect(target.commits.first?.button == .unavailable(reason: "The build failed"))
            let failure = await #expect(throws: Failure.self) { try await slipway.deploy("web", sha) }
            #expect(failure?.code == .conflict)
            try await slipway.wait("its containers to be gone") {
                try await slipway.shell("docker ps -aq --filter label=dev.slipway.build") == ""
            }
        }
    }

    @Test func `Steps are shells of their own, and BASH_ENV, halt, time-outs and cancel do as documented`() async throws
    {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: ["README": "hello\n"])
            func run(_ steps: String) async throws -> (BuildView, String) {
                let sha = try await repository.push(
                    "Steps",
                    ["slipway.yml": "test:\n  image: debian:12-slim\n  environment: {JOB: job}\n  steps:\n\(steps)\n"])
                let view = try await slipway.build(of: "web", sha)
                return (view, try await slipway.log(of: view.steps, at: "/builds/\(view.build.id)"))
            }
            var (view, log) = try await run(
                """
                    - A=1; cd /tmp; echo 'export B=2' >> "$BASH_ENV"
                    - {command: 'echo "A=$A B=$B JOB=$JOB STEP=$STEP in $PWD"', environment: {STEP: step}}
                    - 'false | true && echo unreached || echo pipefail'
                """)
            #expect(view.build.state == .succeeded, "\(view.build.reason ?? "")")
            #expect(log.contains("A= B=2 JOB=job STEP=step in /workspace"))
            #expect(log.contains("pipefail"))

            (view, log) = try await run(
                "    - circleci-agent step halt\n    - echo unreached\n    - {command: echo unreached too, when: always}"
            )
            #expect(view.build.state == .succeeded)
            #expect(!log.contains("unreached"))

            (view, log) = try await run(
                "    - {name: silent, command: 'sleep 600', no_output_timeout: 1s}\n    - echo unreached")
            #expect(view.build.state == .timedOut)
            #expect(log.contains("no output"))
            #expect(!log.contains("unreached"))

            (view, log) = try await run(
                "    - {name: server, command: 'while :; do echo tick; sleep 1; done', background: true}\n    - echo done"
            )
            #expect(view.build.state == .succeeded, "\(view.build.reason ?? "")")

            let sha = try await repository.push(
                "Long", ["slipway.yml": "test:\n  image: debian:12-slim\n  steps: ['echo begun; sleep 600']\n"])
            let id = try await slipway.wait("the step to run") { () -> Int64? in
                let view: TargetView = try await slipway.client().get("/targets/web/production")
                guard let build = view.commits.first(where: { $0.commit.sha == sha })?.build else { return nil }
                let steps = (try await slipway.client().get("/builds/\(build.id)") as BuildView).steps
                return steps.contains { $0.state == .running && $0.name.contains("begun") } ? build.id : nil
            }
            try await slipway.client().post("/builds/\(id)/cancel")
            #expect(try await slipway.build(of: "web", sha).build.state == .cancelled)
            try await slipway.wait("its containers to be gone") {
                try await slipway.shell("docker ps -aq --filter label=dev.slipway.build=\(id)") == ""
            }
        }
    }

    @Test
    func `A script gets its variables and a shell, fails on the first failing line, and verifies nothing by itself`()
        async throws
    {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web",
                files: [
                    "slipway.yml": """
                    deploy:
                      override:
                        - 'echo "[$REVISION] [${ENVIRONMENT}] $BRANCH [$LAST_DEPLOYED_SHA] [$ROLLBACK]"; echo a b | awk ''{print $2}'''
                        - |
                          test -t 1 && echo terminal
                          test -e marker && exit 7
                          echo last
                    """
                ])
            let first = try await repository.push("First")
            _ = try await slipway.build(of: "web", first)
            var view = try await slipway.end(of: try await slipway.deploy("web", first))
            #expect(view.deploy.state == .failed || view.deploy.state == .succeeded)
            var log = try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)")
            #expect(log.contains("[\(first)] [\(slipway.name)] main [] []"))
            #expect(log.contains("\nb\n"))
            #expect(log.contains("terminal"))

            let second = try await repository.push(
                "Second", ["slipway.yml": "deploy: {override: ['echo \"was $LAST_DEPLOYED_SHA\"']}\n"])
            _ = try await slipway.build(of: "web", second)
            view = try await slipway.end(of: try await slipway.deploy("web", second))
            #expect(view.deploy.state == .succeeded)
            #expect(view.deploy.verification == .nothingVerified)

            let third = try await repository.push(
                "Third", ["slipway.yml": "deploy: {override: ['false', 'echo unreached']}\n"])
            _ = try await slipway.build(of: "web", third)
            view = try await slipway.end(of: try await slipway.deploy("web", third))
            #expect(view.deploy.state == .failed)
            #expect(view.deploy.reason?.contains("exit status 1") == true)
            log = try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)")
            #expect(!log.contains("unreached"))
            #expect(view.deploy.previousSHA == second)
        }
    }

    @Test func `An abort ends a script that ignores TERM, whatever it exits with`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web",
                files: ["slipway.yml": "deploy: {override: [\"trap '' INT TERM; echo begun; sleep 300; exit 0\"]}\n"])
            let sha = try await repository.push("Stubborn")
            _ = try await slipway.build(of: "web", sha)
            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait("the script to run") {
                String(
                    decoding: (try? await slipway.client().bytes("/deploys/\(deploy.id)/steps/1/log")) ?? [],
                    as: UTF8.self
                )
                .contains("begun")
            }
            try await slipway.client().post("/deploys/\(deploy.id)/abort")
            let view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .aborted)
            let log = try await slipway.log(of: view.steps, at: "/deploys/\(deploy.id)")
            #expect(log.contains("INT") && log.contains("TERM") && log.contains("KILL"))
        }
    }

    @Test func `A log of fifty megabytes is kept to the last byte, and carriage returns with it`() async throws {
        try await Installation.run { slipway in
            let script =
                "yes 'a line as long as many lines of a log are' | head -c 50000000; printf '\\none\\rtwo\\rthree\\n'"
            let repository = try await slipway.app(
                "web", files: ["deploy/deploy.sh": "#!/bin/sh\n\(script)\n", "slipway.yml": "{}\n"])
            let sha = try await repository.push("Talk a lot")
            _ = try await slipway.build(of: "web", sha)
            let view = try await slipway.end(of: try await slipway.deploy("web", sha))
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
            let log = try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)")
            let lines = log.split(separator: "\n", omittingEmptySubsequences: true)
            // The first line is the checkout's, the last but one is cut by `head`.
            #expect(lines.dropFirst().dropLast(2).allSatisfy { $0 == "a line as long as many lines of a log are" })
            let (whole, rest) = 50_000_000.quotientAndRemainder(dividingBy: 42)
            #expect(lines.count == 2 + whole + rest.signum())
            #expect(lines.last == "one\rtwo\rthree")
        }
    }
}
