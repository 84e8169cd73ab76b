import Client
import Delivery
import Foundation
import Model
import Testing

@testable import slipway

/// Steps in a container of the real engine, whatever the image's user is.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct StepsInContainersTests {
    /// `USER` of the image, the user's number and home.
    private static let users = [("", "0", "/root"), ("USER ada\n", "1234", "/home/ada")]

    @Test(arguments: users)
    func `A step has its terminal, the image's environment and user, and nothing of this machine`(
        _ user: (line: String, id: String, home: String)
    ) async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web",
                files: [
                    "Dockerfile": """
                    FROM debian:12-slim
                    RUN useradd --uid 1234 --create-home ada
                    ENV OF_THE_IMAGE=yes PATH=/of/the/image:/usr/bin:/bin
                    \(user.line)
                    """,
                    "slipway.yml": """
                    image: false
                    test:
                      build: {dockerfile: Dockerfile}
                      environment: {OF_THE_TEST: "a b"}
                      steps:
                        - run: |
                            echo "user $(id -u) in $(pwd), home $HOME"
                            echo to stderr > /dev/stderr
                            echo to tty > /dev/tty
                            test -t 0 && test -t 1 && test -t 2
                            echo "$OF_THE_IMAGE $OF_THE_TEST $PATH $TERM"
                            if (echo > /.slipway-agent) 2> /dev/null; then echo "the agent can be written"; fi
                            test -z "$SLIPWAY_RUN$DOCKER_HOST"
                            sleep 1000 &
                            echo $! > /.slipway/left
                        - run: kill -0 "$(cat /.slipway/left)" && echo "it runs on"
                        - {run: {name: elsewhere, command: 'true', working_directory: nowhere}}
                    """,
                ])
            let view = try await slipway.build(of: "web", try await repository.push("First"))
            let log = try await slipway.log(of: view.steps, at: "/builds/\(view.build.id)")
            #expect(view.build.reason == "elsewhere: exit status 126", "\(view.build.reason ?? ""): \(log)")
            for line in [
                "user \(user.id) in /workspace, home \(user.home)", "to stderr", "to tty",
                "yes a b /.slipway/bin:/of/the/image:/usr/bin:/bin xterm-256color", "it runs on",
                "slipway: the step can't enter the folder /workspace/nowhere: No such file or directory",
            ] {
                #expect(log.components(separatedBy: "\(line)\n").count == 2, "\(line): \(log)")
            }
            #expect(!log.contains("the agent can be written"))
        }
    }

    @Test func `A step whose container is ended by hand says so`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web",
                files: [
                    "slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['echo on; sleep 1000']}\n"
                ])
            let sha = try await repository.push("First")
            let id = try await slipway.wait(for: "on", inBuildOf: sha)
            let instance = try slipway.data.instance().prefix(8)
            try await slipway.shell("docker kill slipway-build-\(instance)-\(id)")
            let view = try await slipway.build(of: "web", sha)
            #expect(view.build.reason?.contains("the step's container was ended while it ran") == true)
        }
    }

    @Test func `A step that says 125 by itself has failed with that`() async throws {
        try await Installation.run { slipway in
            let repository = try await slipway.app(
                "web", files: ["slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['exit 125']}\n"])
            let view = try await slipway.build(of: "web", try await repository.push("First"))
            #expect(view.build.reason?.hasSuffix("exit status 125") == true, "\(view.build.reason ?? "")")
        }
    }
}
