import Engines
import Model
import StubServer
import Synchronization
import Testing

@Suite("Docker engine, when others are at work too")
struct DockerEngineRacesTests {
    private func withStub(
        agent: AgentImage? = nil, _ handler: @escaping StubServer.Handler,
        _ test: (DockerEngine, StubServer) async throws -> Void
    ) async throws {
        let path = StubServer.freshSocketPath()
        try await StubServer.run(at: .unixSocket(path), handler: handler) { server in
            try await test(DockerEngine(socket: path, agent: agent), server)
        }
    }

    private static func inspection(_ id: String, state: String = "running") -> String {
        """
        {"Id":"\(id)","Name":"/\(id)","Created":"2026-11-23T11:58:18.5Z","Image":"sha256:1","RestartCount":0,
         "State":{"Status":"\(state)","ExitCode":0,"Error":"","StartedAt":"0001-01-01T00:00:00Z"},
         "Config":{"Image":"app:1","Labels":{"dev.slipway.service":"web"},"Tty":false},
         "HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Networks":{}}}
        """
    }

    @Test("A removal in progress is waited for")
    func removal() async throws {
        try await withStub({ request, writer in
            if request.method == "DELETE" {
                try await writer.reply(409, [], #"{"message":"removal of container c1 is already in progress"}"#)
            } else {
                try await writer.reply(200, [], #"{"StatusCode":0}"#)
            }
        }) { engine, server in
            try await engine.remove("c1")
            #expect(server.requests.last?.path == "/v1.41/containers/c1/wait?condition=removed")
        }
    }

    @Test("Containers that vanish between list and inspection are left out")
    func vanished() async throws {
        try await withStub({ request, writer in
            if request.path.hasPrefix("/v1.41/containers/json") {
                let list = (1...40).map { #"{"Id":"c\#($0)"}"# }.joined(separator: ",")
                try await writer.reply(200, [], "[\(list)]")
            } else if request.path == "/v1.41/containers/c2/json" {
                try await writer.reply(404, [], #"{"message":"No such container: c2"}"#)
            } else {
                let id = request.path.split(separator: "/")[2]
                try await writer.reply(200, [], Self.inspection(String(id)))
            }
        }) { engine, _ in
            let ids = try await engine.containers(labels: [:]).map(\.id)
            #expect(ids == (1...40).filter { $0 != 2 }.map { "c\($0)" })
        }
    }

    @Test("What was inspected is inspected again only when something happened to it, or when no events are told")
    func known() async throws {
        let (events, event) = AsyncStream.makeStream(of: String.self)
        try await withStub({ request, writer in
            if request.path.hasPrefix("/v1.41/containers/json") {
                try await writer.reply(200, [], #"[{"Id":"c1","State":"running"},{"Id":"c2","State":"running"}]"#)
            } else if request.path.hasPrefix("/v1.41/events") {
                try await writer.begin(200)
                for await id in events { try await writer.chunk(#"{"Actor":{"ID":"\#(id)"}}"# + "\n") }
            } else if request.method == "POST" {
                try await writer.reply(204)
            } else {
                try await writer.reply(200, [], Self.inspection(String(request.path.split(separator: "/")[2])))
            }
        }) { engine, server in
            /// The containers that were inspected in a look.
            func inspected() async throws -> [String] {
                let before = server.requests.count
                #expect(try await engine.containers(labels: [:]).map(\.id) == ["c1", "c2"])
                return server.requests[before...].map { String($0.path.split(separator: "/")[2]) }
                    .filter { !$0.hasPrefix("json") }.sorted()
            }
            #expect(try await inspected() == ["c1", "c2"])
            #expect(try await inspected() == ["c1", "c2"])

            var wakeups = try await engine.events().makeAsyncIterator()
            #expect(try await inspected() == ["c1", "c2"])
            #expect(try await inspected() == [])
            event.yield("c2")
            try await wakeups.next()
            #expect(try await inspected() == ["c2"])
            try await engine.stop("c1", grace: 1)
            #expect(try await inspected() == ["c1"])
            #expect(try await inspected() == [])
            event.finish()
            while (try? await wakeups.next()) != nil {}
            while try await inspected() == [] { await Task.yield() }
            #expect(try await inspected() == ["c1", "c2"])
        }
    }

    @Test("A name held by a container that is being removed is free when it is gone")
    func nameOfTheDying() async throws {
        let isGone = Mutex(false)
        try await withStub({ request, writer in
            if request.path.hasPrefix("/v1.41/containers/create") {
                let (status, answer) =
                    isGone.withLock { $0 } ? (201, #"{"Id":"c2"}"#) : (409, #"{"message":"name in use"}"#)
                try await writer.reply(status, [], answer)
            } else if request.method == "DELETE" {
                isGone.withLock { $0 = true }
                try await writer.reply(204)
            } else {
                try await writer.reply(200, [], Self.inspection("c1", state: "removing"))
            }
        }) { engine, _ in
            let plan = ContainerPlan(
                name: "web-1", image: "app:1", labels: ["dev.slipway.service": "web"], network: "bridge")
            let id = try await engine.create(plan)
            #expect(id == "c2")
        }
    }

    @Test("A name held by a container that can't be seen yet is adopted when it can")
    func nameOfTheUnborn() async throws {
        let looks = Mutex(0)
        try await withStub({ request, writer in
            if request.method == "POST" {
                return try await writer.reply(409, [], #"{"message":"name in use"}"#)
            }
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            if look < 8 {
                try await writer.reply(404, [], #"{"message":"No such container"}"#)
            } else {
                try await writer.reply(200, [], Self.inspection("c1", state: "created"))
            }
        }) { engine, _ in
            let plan = ContainerPlan(
                name: "web-1", image: "app:1", labels: ["dev.slipway.service": "web"], network: "bridge")
            let id = try await engine.create(plan)
            #expect(id == "c1")
        }
    }

    @Test("Those who want the same network at once have it made once")
    func networkOfMany() async throws {
        let isThere = Mutex(false)
        let made = Mutex(0)
        try await withStub({ request, writer in
            if request.method == "POST" {
                made.withLock { $0 += 1 }
                // As an engine does: what is being made can't be seen yet.
                for _ in 0..<20 { await Task.yield() }
                isThere.withLock { $0 = true }
                return try await writer.reply(201, [], #"{"Id":"n1"}"#)
            }
            guard isThere.withLock({ $0 }) else {
                return try await writer.reply(404, [], #"{"message":"network shop not found"}"#)
            }
            try await writer.reply(200, [], #"{"Id":"n1","Name":"shop","Driver":"bridge","Labels":{}}"#)
        }) { engine, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await engine.ensureNetwork("shop", labels: [:]) } }
                try await group.waitForAll()
            }
            #expect(made.withLock { $0 } == 1)
        }
    }

    @Test(
        "A container of which a killed engine left something can't be started; whoever can make another removes it",
        arguments: [
            "task bec9318a6cb4324659838c8216a24a76: already exists", "id already in use",
            "OCI runtime create failed: container with id exists: bec9318a6cb4: unknown",
        ])
    func whatTheDeadLeft(message: String) async throws {
        try await withStub({ request, writer in
            if request.method == "DELETE" {
                try await writer.reply(204)
            } else {
                try await writer.reply(500, [], #"{"message":"\#(message)"}"#)
            }
        }) { engine, server in
            let failure = await #expect(throws: Failure.self) { try await engine.start("c1") }
            #expect(failure?.code == .conflict)
            #expect(failure?.cause == message)
            #expect(server.requests.map(\.method) == ["POST"])
            let removed = await #expect(throws: Failure.self) { try await engine.startOrRemove("c1") }
            #expect(removed?.code == .unavailable)
            #expect(server.requests.map(\.method) == ["POST", "POST", "DELETE"])
        }
    }

    /// Whatever is readable will do.
    private static let agent = AgentImage(program: #filePath)
    private static let lost = String(repeating: "c1d2", count: 16)

    /// Method and path of requests, without the version of the API.
    private static func calls(_ server: StubServer) -> [String] {
        server.requests.map { "\($0.method) \($0.path.replacing("/v1.41", with: ""))" }
    }

    @Test("Where something may run on the engine's machine, what a killed engine left of a container is ended first")
    func whatTheDeadLeftIsEnded() async throws {
        let isEnded = Mutex(false)
        try await withStub(
            agent: Self.agent,
            { request, writer in
                switch (request.method, request.path) {
                case ("POST", "/v1.41/containers/\(Self.lost)/start") where !isEnded.withLock({ $0 }):
                    try await writer.reply(500, [], #"{"message":"task c1d2: already exists: unknown"}"#)
                case ("GET", _): try await writer.reply(200, [], #"{"Id":"sha256:1"}"#)
                case ("DELETE", _): try await writer.reply(404, [], #"{"message":"No such container"}"#)
                case ("POST", let path) where path.contains("/create"):
                    try await writer.reply(201, [], #"{"Id":"helper"}"#)
                case ("POST", "/v1.41/containers/helper/wait?condition=removed"):
                    isEnded.withLock { $0 = true }
                    try await writer.reply(200, [], #"{"StatusCode":0}"#)
                default: try await writer.reply(204)
                }
            }
        ) { engine, server in
            try await engine.start(Self.lost)
            let name = "slipway_leftovers_c1d2c1d2c1d2"
            let calls = Self.calls(server)
            #expect(
                calls == [
                    "POST /containers/\(Self.lost)/start",
                    "GET /images/\(try Self.agent.name())/json",
                    "DELETE /containers/\(name)?force=1&v=1", "POST /containers/create?name=\(name)",
                    "POST /containers/helper/start", "POST /containers/helper/wait?condition=removed",
                    "POST /containers/\(Self.lost)/start",
                ])
            let body = try #require(server.requests.first { $0.path.contains("/create") }?.body)
            let text = String(decoding: body, as: UTF8.self)
            for part in [
                #""Entrypoint":["/slipway-agent","end","\#(Self.lost)"]"#, #""PidMode":"host""#, #""CapDrop":["ALL"]"#,
                #""CapAdd":["KILL"]"#, #""NetworkMode":"none""#, #""AutoRemove":true"#, #""ReadonlyRootfs":true"#,
                #""Privileged":false"#, "no-new-privileges",
            ] { #expect(text.contains(part), "\(part) in \(text)") }
        }
    }

    @Test("A container whose start the engine didn't live to answer is removed with what is left of it")
    func cutStart() async throws {
        try await withStub(
            agent: Self.agent,
            { request, writer in
                switch (request.method, request.path) {
                case ("POST", "/v1.41/containers/\(Self.lost)/start"): try await writer.begin(200)
                case ("GET", _): try await writer.reply(200, [], #"{"Id":"sha256:1"}"#)
                case ("POST", let path) where path.contains("/create"):
                    try await writer.reply(201, [], #"{"Id":"helper"}"#)
                default: try await writer.reply(204)
                }
            }
        ) { engine, server in
            let failure = await #expect(throws: Failure.self) { try await engine.start(Self.lost) }
            #expect(failure?.code == .unavailable)
            try await engine.remove(Self.lost)
            try await engine.remove(Self.lost)
            let calls = Self.calls(server).filter { !$0.hasPrefix("GET") && !$0.contains("slipway_leftovers") }
            #expect(
                calls == [
                    "POST /containers/\(Self.lost)/start", "POST /containers/helper/start",
                    "POST /containers/helper/wait?condition=removed",
                    "DELETE /containers/\(Self.lost)?force=1&v=1", "DELETE /containers/\(Self.lost)?force=1&v=1",
                ])
        }
    }

    @Test("A relative bind is refused by name before the engine is asked")
    func relativeBind() async throws {
        try await withStub({ _, writer in try await writer.reply(500) }) { engine, server in
            let plan = ContainerPlan(
                name: "web-1", image: "app:1", volumes: [VolumeMount(source: "./data", target: "/data")],
                network: "bridge")
            let failure = await #expect(throws: Failure.self) { try await engine.create(plan) }
            #expect(failure?.code == .invalid && failure?.message.contains("./data:/data") == true)
            #expect(server.requests.isEmpty)
        }
    }
}
