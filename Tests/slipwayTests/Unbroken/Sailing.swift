import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// What the tests of the rows ask of an installation.
extension Installation {
    /// Seconds that something is away: a few, or a whole minute where SLIPWAY_SOAK=1.
    static var absence: Duration {
        ProcessInfo.processInfo.environment["SLIPWAY_SOAK"] == "1" ? .seconds(60) : .seconds(5)
    }

    /// Whether the step's log has the text, as far as it has been written.
    func log(at path: String, step: Int, has text: String) async throws -> Bool {
        // Before the steps are planned there is no log.
        let bytes = (try? await client().bytes("\(path)/steps/\(step)/log")) ?? []
        return String(decoding: bytes, as: UTF8.self).contains(text)
    }

    /// Waits until a step of the deploy says so.
    func wait(for text: String, inStep step: Int = 1, of deploy: Deploy) async throws {
        try await wait("deploy \(deploy.id) to say \(text)") {
            try await log(at: "/deploys/\(deploy.id)", step: step, has: text)
        }
    }

    /// Waits until a step of the newest build of the commit says so, or the build has ended; returns the build's id.
    @discardableResult
    func wait(for text: String, inBuildOf sha: SHA) async throws -> Int64 {
        try await wait("the build of \(sha.short) to say \(text)") { () -> Int64? in
            let view: TargetView = try await client().get("/targets/web/production")
            guard let build = view.commits.first(where: { $0.commit.sha == sha })?.build else { return nil }
            if build.state.isFinal { return build.id }
            let steps = (try await client().get("/builds/\(build.id)") as BuildView).steps
            for step in steps where step.state == .running {
                if try await log(at: "/builds/\(build.id)", step: step.index, has: text) { return build.id }
            }
            return nil
        }
    }

    func deployView(_ id: Int64) async throws -> DeployView { try await client().get("/deploys/\(id)") }

    /// The text of a page as a person who is signed in gets it.
    func page(_ path: String) async throws -> String {
        try await shell("curl -s --max-time 60 --unix-socket '\(data.socket)' 'http://x\(path)'")
    }

    /// A working copy of the app `web`, whose files the test gives.
    func web(_ files: [String: String]) async throws -> Repository { try await app("web", files: files) }

    /// Pushes and waits until the commit is built.
    func built(_ repository: Repository, _ message: String, _ files: [String: String] = [:]) async throws -> SHA {
        let sha = try await repository.push(message, files)
        let view = try await build(of: "web", sha)
        guard view.build.state == .succeeded else {
            throw Failure(.failed, "The build of \(message) \(view.build.state)", cause: view.build.reason)
        }
        return sha
    }

    /// Processes whose environment has that text.
    func processes(with mark: String) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return all.filter { pid in
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return String(decoding: environment, as: UTF8.self).contains(mark)
        }
    }
}

/// A web server of a few lines behind a port of the edge; it answers with the commit's own text.
struct WebSample {
    /// What it answers; a text with `broken` in it makes it exit.
    var text: String
    var port: Int
    var rollout = "settle: 1s"
    var script = "rancher up --stack shop --upgrade -d --file docker-compose.yml"
    /// Perl that runs first.
    var before = ""
    /// More keys of the service, a line each.
    var keys: [String] = []
    /// Name of the image that is built and pushed, with a line for its Dockerfile; else debian:12-slim runs as it is.
    var image: (name: String, line: String)?

    private var server: String {
        """
        use IO::Socket::INET;
        \(before)
        my $text = $ENV{TEXT};
        $SIG{TERM} = sub { exit 0 };
        exit 7 if $text =~ /broken/;
        my $listener = IO::Socket::INET->new(LocalPort => 8000, Listen => 64, ReuseAddr => 1) or die;
        while (my $client = $listener->accept) {
            while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/ }
            my $head = "HTTP/1.1 200 OK\\r\\nContent-Length: " . length($text) . "\\r\\nConnection: close";
            print $client "$head\\r\\n\\r\\n$text";
            close $client;
        }
        """
    }

    /// The files of the app, in two containers.
    var files: [String: String] {
        let code = server.replacing("$", with: "$$").split(separator: "\n").map { "            \($0)" }
        let more = keys.map { "    \($0)\n" }.joined()
        var files = [
            "docker-compose.yml": """
            version: "2"
            services:
              web:
                image: \(image.map { "\($0.name):${REVISION}" } ?? "debian:12-slim")
                ports: ["127.0.0.1:\(port):8000"]
                environment: {TEXT: \(text)}
                command:
                    - perl
                    - -e
                    - |
            \(code.joined(separator: "\n"))
            \(more)
            """,
            "rancher-compose.yml": """
            version: "2"
            services:
              web:
                scale: 2
                health_check:
                  port: 8000
                  request_line: GET / HTTP/1.0
                  interval: 500
                  healthy_threshold: 1
                  unhealthy_threshold: 3
                  response_timeout: 2000
                  initializing_timeout: 20000

            """,
            "deploy/deploy.sh": "#!/bin/sh\nset -e\n\(script)\n",
            "slipway.yml":
                "image: \(image.map { "{name: \($0.name)}" } ?? "false")\nrollout: {\(rollout), drain: 2s}\n",
        ]
        if let image { files["Dockerfile"] = "FROM debian:12-slim\n\(image.line)\nCOPY . /app\n" }
        return files
    }
}

/// One request after the other to a port of the edge, each on a connection of its own, until it is asked for its sums.
struct SteadyRequests: Sendable {
    let slipway: Installation
    private let name = "requests\(UInt16.random(in: 0...UInt16.max))"
    private var file: String { "\(slipway.folder)/\(name)" }

    init(_ slipway: Installation, port: Int) async throws {
        self.slipway = slipway
        try await slipway.shell(
            """
            (until [ -e '\(file).end' ] || [ ! -d '\(slipway.folder)' ]; do
                curl -s --max-time 10 http://127.0.0.1:\(port)/ >> '\(file)' || echo "FAILED $?" >> '\(file)'
                echo >> '\(file)'
                sleep 0.05
            done; : > '\(file).ended') > /dev/null 2>&1 &
            """)
    }

    /// How often each answer came; failures under `FAILED` and curl's exit status.
    func sums() async throws -> [String: Int] {
        try Data().write(to: URL(filePath: "\(file).end"))
        try await slipway.wait("the requests to end") { FileManager.default.fileExists(atPath: "\(file).ended") }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return text.split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
    }
}
