import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// What goes wrong every day: each is one clear error where the person looks, and trying again works.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct BadInputTests {
    private static let dockerfile = "FROM debian:12-slim\nCOPY . /app\nCMD [\"/bin/sleep\", \"infinity\"]\n"

    /// Deploys a commit of files whose script is `up` and returns the deploy with its log.
    private func deployed(
        _ slipway: Installation, _ repository: Repository, _ files: [String: String]
    ) async throws -> (view: DeployView, log: String) {
        let sha = try await repository.push("Change", files)
        let build = try await slipway.build(of: "web", sha)
        #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
        let view = try await slipway.end(of: try await slipway.deploy("web", sha))
        return (view, try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)"))
    }

    @Test func `A broken slipway.yml fails the build with its place, and the next commit builds`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app("web", files: ["slipway.yml": "tset:\n  steps: [true]\n"])
            let broken = try await slipway.build(of: "web", try await repository.push("Broken"))
            #expect(broken.build.state == .failed)
            #expect(broken.build.reason?.contains("slipway.yml:1:1: error:") == true, "\(broken.build.reason ?? "")")
            #expect(broken.build.reason?.contains("test") == true)
            #expect(broken.findings.contains { $0.severity == .error && $0.line == 1 })
            let app = try await slipway.client().get("/apps/web") as App
            #expect(app.problem?.contains("slipway.yml:1:1: error:") == true)
            let mended = try await repository.push(
                "Mended", ["slipway.yml": "test: {image: 'debian:12-slim', steps: ['true']}\n"])
            #expect(try await slipway.build(of: "web", mended).build.state == .succeeded)
        }
    }

    @Test func `Wrong stack files and names are told where up is called, and nothing changes`() async throws {
        try await Installation.run { slipway in
            let good = """
                web:
                  image: acme/web:${REVISION}

                """
            let repository = try await slipway.app(
                "web",
                files: [
                    "Dockerfile": Self.dockerfile, "deploy/docker-compose.yml": good,
                    "slipway.yml": "rollout: {settle: 1s}\nimage: acme/web\n",
                    "deploy/deploy.sh": "#!/bin/sh\nexec rancher up --stack shop --upgrade -d\n",
                ])
            var (view, log) = try await deployed(
                slipway, repository, ["deploy/docker-compose.yml": good + "  ports: [\"${PORT}:80\"]\n"])
            #expect(view.deploy.state == .failed)
            #expect(log.contains("docker-compose.yml:3:") && log.contains("PORT"), "\(log)")

            (view, log) = try await deployed(slipway, repository, ["deploy/docker-compose.yml": good + "  imgae: x\n"])
            #expect(view.deploy.state == .failed)
            #expect(log.contains("imgae") && log.contains("image"), "\(log)")

            (view, log) = try await deployed(
                slipway, repository,
                [
                    "deploy/docker-compose.yml": good,
                    "deploy/deploy.sh": "#!/bin/sh\nexec rancher --environment Nowhere up --stack shop -d\n",
                ])
            #expect(view.deploy.state == .failed)
            #expect(log.contains("Nowhere") && log.contains(slipway.name), "\(log)")

            (view, log) = try await deployed(
                slipway, repository, ["deploy/deploy.sh": "#!/bin/sh\nexec rancher up wbe --stack shop -d\n"])
            #expect(view.deploy.state == .failed)
            #expect(log.contains("wbe") && log.contains("web"), "\(log)")
            #expect(try await slipway.containers("shop", "web").isEmpty)

            (view, log) = try await deployed(
                slipway, repository, ["deploy/deploy.sh": "#!/bin/sh\nexec rancher up web --stack shop --upgrade -d\n"])
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "") \(log)")
            #expect(view.deploy.verification == .verified(containers: 1))
        }
    }

    @Test func `A revision that never gets healthy is rolled back, and says so with exit status 3`() async throws {
        try await Installation.run { slipway in
            let serve = """
                FROM debian:12-slim
                COPY . /app
                CMD ["/usr/bin/perl", "/app/serve.pl"]

                """
            let server = """
                use IO::Socket::INET;
                my $s = IO::Socket::INET->new(LocalPort => 8000, Listen => 16, ReuseAddr => 1) or die;
                while (my $c = $s->accept) { sysread $c, my $q, 4096; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nok"; close $c }

                """
            let repository = try await slipway.app(
                "web",
                files: [
                    "Dockerfile": serve, "serve.pl": server,
                    "docker-compose.yml": "web:\n  image: acme/web:${REVISION}\n",
                    "rancher-compose.yml": """
                    web:
                      scale: 2
                      health_check: {port: 8000, request_line: GET / HTTP/1.0, interval: 200, response_timeout: 500, \
                    healthy_threshold: 2, unhealthy_threshold: 2, initializing_timeout: 5000}

                    """,
                    "deploy/deploy.sh": """
                    #!/bin/sh
                    status=0
                    rancher up --stack shop --upgrade --batch-size 1 -d --file docker-compose.yml || status=$?
                    echo "up ended with $status"
                    exit $status

                    """,
                ])
            var (view, log) = try await deployed(slipway, repository, ["note": "1"])
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "") \(log)")
            let good = view.deploy.sha
            (view, log) = try await deployed(slipway, repository, ["serve.pl": "sleep 1 while 1;\n"])
            #expect(view.deploy.state == .rolledBack, "\(view.deploy.reason ?? "") \(log)")
            #expect(log.contains("up ended with 3"), "\(log)")
            let containers = try await slipway.containers("shop", "web")
            #expect(containers.map(\.revision) == [good, good])
            let target: TargetView = try await slipway.client().get("/targets/web/production")
            #expect(target.summary.live?.sha == good)
        }
    }

    @Test func `A remote that is no git repository, or is unknown, stands on the app`() async throws {
        try await Installation.run { slipway in
            let app: App = try await slipway.client().post(
                "/apps", ["name": "web", "url": "file:///nonexistent/repository", "branch": "main"])
            #expect(app.problem != nil)
            let failure = await #expect(throws: Failure.self) {
                let _: App = try await slipway.client().post(
                    "/apps", ["name": "x", "url": "ext::sh -c true", "branch": "main"])
            }
            #expect(failure?.code == .invalid)
        }
    }
}
