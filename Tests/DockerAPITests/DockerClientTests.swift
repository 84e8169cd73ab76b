import DockerAPI
import HTTPTransport
import Model
import StubServer
import Synchronization
import Testing

@Suite("Docker client against a recording server")
struct DockerClientTests {
    private static let inspection = """
        {"Id":"c1","Name":"/web-1","Created":"2026-11-23T11:58:18.5Z","Image":"sha256:1","RestartCount":2,
         "State":{"Status":"running","ExitCode":0,"Error":"","StartedAt":"2026-11-23T11:58:19Z"},
         "Config":{"Image":"app:1","Labels":null,"Tty":false},"HostConfig":{"NetworkMode":"default"},
         "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}
        """

    /// Runs a client against a server that answers every call alike.
    private func withStub(
        _ status: Int, _ body: String, _ test: (DockerClient, StubServer) async throws -> Void
    ) async throws {
        try await withStub({ _, writer in try await writer.reply(status, [], body) }, test)
    }

    private func withStub(
        _ handler: @escaping StubServer.Handler, _ test: (DockerClient, StubServer) async throws -> Void
    ) async throws {
        let path = StubServer.freshSocketPath()
        try await StubServer.run(at: .unixSocket(path), handler: handler) { server in
            try await test(DockerClient(endpoint: .unixSocket(path)), server)
        }
    }

    @Test("Calls without an answer go to their paths")
    func paths() async throws {
        try await withStub(204, "") { docker, server in
            try await docker.ping()
            try await docker.startContainer("c1")
            try await docker.stopContainer("c1", grace: 7)
            try await docker.killContainer("c1", signal: "TERM")
            try await docker.removeContainer("c1")
            try await docker.removeNetwork("a b/c")
            #expect(
                server.requests.map { "\($0.method) \($0.path)" } == [
                    "GET /v1.41/_ping", "POST /v1.41/containers/c1/start", "POST /v1.41/containers/c1/stop?t=7",
                    "POST /v1.41/containers/c1/kill?signal=TERM", "DELETE /v1.41/containers/c1?force=1&v=1",
                    "DELETE /v1.41/networks/a%20b%2Fc",
                ])
        }
    }

    @Test("304 (already so) is done")
    func notModified() async throws {
        try await withStub(304, "") { docker, _ in
            try await docker.startContainer("c1")
            try await docker.stopContainer("c1", grace: 1)
        }
    }

    @Test("A container is created by name from a body in the engine's words")
    func create() async throws {
        try await withStub(201, #"{"Id":"c1","Warnings":[]}"#) { docker, server in
            var body = CreateContainer(image: "app:1", environment: ["A=b"], labels: ["dev.slipway.service": "web"])
            body.host.initProcess = true
            #expect(try await docker.createContainer("web-1", body) == "c1")
            let request = try #require(server.requests.first)
            #expect(request.path == "/v1.41/containers/create?name=web-1")
            #expect(request.header("Content-Type") == "application/json")
            for part in [#""Image":"app:1""#, #""Env":["A=b"]"#, #""dev.slipway.service":"web""#, #""Init":true"#] {
                #expect(request.text.contains(part))
            }
            #expect(!request.text.contains("Cmd"))
        }
    }

    @Test("Containers are listed in all states by label, and inspected")
    func list() async throws {
        try await withStub({ request, writer in
            let isList = request.path.hasPrefix("/v1.41/containers/json")
            try await writer.reply(200, [], isList ? #"[{"Id":"c1"}]"# : Self.inspection)
        }) { docker, server in
            #expect(try await docker.containers(labels: ["a": "1"]).map(\.id) == ["c1"])
            let container = try await docker.container("c1")
            #expect(
                container.restartCount == 2 && container.networkSettings.networks?["bridge"]?.address == "172.17.0.2")
            #expect(
                server.requests.first?.path
                    == "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3D1%22%5D%7D")
        }
    }

    @Test(
        "The engine's errors keep their meaning and their words",
        arguments: [(400, Failure.Code.invalid), (403, .conflict), (404, .notFound), (409, .conflict), (500, .failed)])
    func errors(status: Int, code: Failure.Code) async throws {
        try await withStub(status, #"{"message":"no way"}"#) { docker, _ in
            let failure = await #expect(throws: Failure.self) { try await docker.container("c1") }
            #expect(failure?.code == code)
            #expect(failure?.message == "The Docker Engine can't inspect the container c1")
            #expect(failure?.cause == "no way")
        }
    }

    @Test("An engine that isn't there is unavailable, with its address and what to do")
    func absent() async throws {
        let path = StubServer.freshSocketPath()
        let failure = await #expect(throws: Failure.self) { try await DockerClient(path).ping() }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message == "The Docker Engine at unix:\(path) doesn't answer")
        #expect(failure?.hint?.contains("systemctl start docker") == true)
    }

    @Test("Addresses as in DOCKER_HOST")
    func addresses() throws {
        #expect(try DockerClient("/run/d.sock").endpoint == .unixSocket("/run/d.sock"))
        #expect(try DockerClient("unix:///run/d.sock").endpoint == .unixSocket("/run/d.sock"))
        #expect(try DockerClient("tcp://10.0.0.1:2375").endpoint == .tcp(host: "10.0.0.1", port: 2375))
        #expect(try DockerClient("tcp://[::1]:2375").endpoint == .tcp(host: "::1", port: 2375))
        #expect(throws: Failure.self) { try DockerClient("ssh://host") }
    }

    @Test("A pull asks for one tag or digest and reports steps, not counts")
    func pull() async throws {
        try await withStub({ _, writer in
            try await writer.begin(200)
            try await writer.chunk(#"{"status":"Pulling from app","id":"1"}"# + "\r\n" + #"{"status":"Downl"#)
            try await writer.chunk(#"oading","id":"ab"}"# + "\r\n" + #"{"status":"Digest: sha256:1"}"#)
            try await writer.end()
        }) { docker, server in
            let steps = Mutex<[String]>([])
            try await docker.pullImage("127.0.0.1:5000/acme/app") { step in steps.withLock { $0.append(step) } }
            #expect(steps.withLock { $0 } == ["1: Pulling from app", "Digest: sha256:1"])
            #expect(
                server.requests.first?.path
                    == "/v1.41/images/create?fromImage=127.0.0.1%3A5000%2Facme%2Fapp&tag=latest")
        }
    }

    @Test(
        "A pull's error is found behind status 200 too, and tells an absent image from an absent registry",
        arguments: [
            (200, "manifest for app:1 not found: manifest unknown", Failure.Code.notFound),
            (404, "pull access denied for app, repository does not exist", .notFound),
            (500, "Get \\\"http://127.0.0.1:5999/v2/\\\": dial tcp: connect: connection refused", .unavailable),
            (200, "no space left on device", .failed),
        ])
    func pullErrors(status: Int, message: String, code: Failure.Code) async throws {
        let body = status == 200 ? "{\"error\":\"\(message)\"}\n" : "{\"message\":\"\(message)\"}"
        try await withStub(status, body) { docker, _ in
            let failure = await #expect(throws: Failure.self) { try await pull("app:1", by: docker) }
            #expect(failure?.code == code)
            #expect(failure?.message.contains("app:1") == true)
        }
    }

    private func pull(_ reference: String, by docker: DockerClient) async throws {
        try await docker.pullImage(reference) { _ in }
    }

    @Test("Logs come out of their frames; with a terminal there are none", arguments: [true, false])
    func logs(tty: Bool) async throws {
        try await withStub({ request, writer in
            guard request.path.contains("/logs") else {
                let answer = Self.inspection.replacing("\"Tty\":false", with: "\"Tty\":\(tty)")
                return try await writer.reply(200, [], answer)
            }
            try await writer.begin(200)
            if tty {
                try await writer.chunk("hello\nworld\n")
            } else {
                try await writer.chunk([1, 0, 0, 0, 0, 0, 0, 6] + Array("hello\n".utf8) + [2, 0, 0])
                try await writer.chunk([0, 0, 0, 0, 6] + Array("world\n".utf8))
            }
            try await writer.end()
        }) { docker, server in
            var text = ""
            let stream = try await docker.containerLogs("c1", follow: true, tail: 5, timestamps: false)
            for try await chunk in stream { text += String(decoding: chunk, as: UTF8.self) }
            #expect(text == "hello\nworld\n")
            #expect(server.requests.last?.path == "/v1.41/containers/c1/logs?stdout=1&stderr=1&follow=1&tail=5")
        }
    }

    @Test("Events tell what they are of; a connection that breaks is unavailable")
    func events() async throws {
        try await withStub({ _, writer in
            try await writer.begin(200)
            try await writer.chunk(#"{"Action":"start","Actor":{"ID":"c1","Attributes":{}}}"# + "\n")
        }) { docker, _ in
            var ids: [String] = []
            let failure = await #expect(throws: Failure.self) {
                try await docker.events(type: "container", actions: ["start"]).forEach { ids.append($0) }
            }
            #expect(failure?.code == .unavailable)
            #expect(ids == ["c1"])
        }
    }
}
