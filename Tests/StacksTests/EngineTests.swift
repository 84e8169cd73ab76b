import Engines
import Foundation
import HTTPTransport
import Model
import Synchronization
import Testing

@testable import Stacks

/// How often each answer came.
final class Counts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ text: String) { counts.withLock { $0[text, default: 0] += 1 } }
    var all: [String: Int] { counts.withLock { $0 } }
}

/// Rollouts on a real Docker Engine behind a real HAProxy, with requests counted throughout.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct RealEngineTests {
    /// Answers `version` over HTTP; perl is all that debian:12-slim has.
    static let server = """
        use IO::Socket::INET; $SIG{CHLD}="IGNORE"; $SIG{TERM}=sub{exit 0};
        sleep($ENV{DELAY}||0); exit 3 if $ENV{BROKEN} eq "exit";
        my $s=IO::Socket::INET->new(LocalPort=>8080,Listen=>64,ReuseAddr=>1) or die;
        while(1){ my $c=$s->accept or next; if(!fork){ my $l=<$c>; while(my $h=<$c>){last if $h=~/^\\r?$/}
        my $code=$ENV{BROKEN} eq "sick" && $l=~/health/ ? "503 Sick" : "200 OK"; my $b="$ENV{VERSION}";
        select(undef,undef,undef,0.02);
        print $c
        "HTTP/1.1 $code\\r\\nContent-Length: ".length($b)."\\r\\nConnection: close\\r\\n\\r\\n$b"; close $c;
        exit 0 } close $c }
        """

    let folder = NSTemporaryDirectory() + "slipway-stacks-\(UUID().uuidString.prefix(8))"
    let stack = "t\(UUID().uuidString.prefix(6).lowercased())"
    let port = PortProbe.anyFree() ?? 0

    func spec(_ version: String, scale: Int = 3, broken: String = "") -> ServiceSpec {
        var spec = ServiceSpec(
            name: "web", image: "debian:12-slim", scale: scale, command: ["perl", "-e", Self.server],
            environment: ["VERSION": version, "BROKEN": broken],
            ports: [PortMapping(hostAddress: "127.0.0.1", hostPort: port, containerPort: 8080)])
        spec.stopGracePeriod = 2
        spec.healthCheck = HealthCheck(
            port: 8080, requestLine: "GET /health \"HTTP/1.0\"", interval: 200, responseTimeout: 1000,
            healthyThreshold: 2, unhealthyThreshold: 3, initializingTimeout: 8000)
        return spec
    }

    let options = RolloutOptions(settle: 500, deadline: 30_000, drain: 5000)

    func withHarbour(names: Bool = false, _ body: (Harbour) async throws -> Void) async throws {
        let socket = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "/var/run/docker.sock"
        let engine = try DockerEngine(socket: socket.replacingOccurrences(of: "unix://", with: ""))
        let harbour = try await Harbour(
            engine: engine, edgeDirectory: folder, instance: stack,
            names: names ? NameSettings(folder: "\(folder)/names", agent: try Self.agent()) : nil)
        var problem: (any Error)?
        do { try await body(harbour) } catch { problem = error }
        await harbour.stop()
        await harbour.service.stopEdge()
        for container in try await engine.containers(labels: [Label.instance: stack]) {
            try await engine.remove(container.id)
        }
        try? await engine.removeNetwork("slipway-production-\(stack)")
        try? await engine.removeNetwork(ContainerIdentity.sharedNetwork(of: "production", instance: stack))
        try? FileManager.default.removeItem(atPath: folder)
        if let problem { throw problem }
    }

    /// The `slipway-agent` that was built beside the tests.
    private static func agent() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        for start in [own] + CommandLine.arguments {
            let path = URL(filePath: start).deletingLastPathComponent().appending(path: "slipway-agent").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    func up(_ harbour: Harbour, _ spec: ServiceSpec, deploy: Int64? = nil) async throws -> Int64? {
        try await harbour.up([spec], stack: stack, upgrade: true, options: options, deploy: deploy).first?.rolloutID
    }

    /// Sends requests through the edge as long as `body` runs; returns answers by text, failures by reason.
    func underLoad(_ body: () async throws -> Void) async throws -> [String: Int] {
        let counts = Counts()
        let client = HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port))
        let clients = (0..<4).map { _ in
            Task {
                while !Task.isCancelled {
                    let text: String
                    do {
                        let reply = try await client.send(
                            HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
                        text = reply.status == 200 ? String(decoding: reply.body, as: UTF8.self) : "\(reply.status)"
                    } catch {
                        if Task.isCancelled { return }
                        text = "\(error)"
                    }
                    counts.add(text)
                }
            }
        }
        defer { for client in clients { client.cancel() } }
        try await body()
        for client in clients { client.cancel() }
        for client in clients { await client.value }
        return counts.all
    }

    @Test func upgradeAndRestartAndRollbackDropNoRequest() async throws {
        try await withHarbour { harbour in
            let one = try await harbour.settled(up(harbour, spec("one")))
            try #require(one.state == .done, "\(one.reason ?? "") \(one.log.map(\.text))")
            let counts = try await underLoad {
                let second = try await up(harbour, spec("two")) ?? 0
                // The server dies in the middle.
                try await harbour.until { try await $0.rollout(second).log.contains { $0.text.contains("stopped") } }
                await harbour.restart()
                let ended = try await harbour.settled(second)
                #expect(ended.state == .done, "\(ended.log.map(\.text))")
                #expect(ended.serving == 3)
                // Sick for ever: goes back by itself.
                let third = try await harbour.settled(up(harbour, spec("three", broken: "sick")))
                #expect(third.state == .rolledBack)
                #expect(third.reason?.contains("HTTP 503") == true, "\(third.reason ?? "")")
                // Crashes at once: goes back too.
                let fourth = try await harbour.settled(up(harbour, spec("four", broken: "exit")))
                #expect(fourth.state == .rolledBack, "\(fourth.log.map(\.text))")
                // Back to the very containers.
                let back = try await harbour.up([spec("two")], stack: stack, rollback: true, options: options).first
                #expect(try await harbour.settled(back?.rolloutID).state == .done)
            }
            #expect(Set(counts.keys) == ["one", "two"], "\(counts)")
            #expect(counts.values.reduce(0, +) > 100)
            let containers = try await harbour.containers("web").filter { !$0.parked }
            #expect(containers.count == 3)
            #expect(containers.allSatisfy { $0.serving && $0.health == "healthy" })
        }
    }

    @Test func removedContainersComeBackAndTheEdgeToo() async throws {
        try await withHarbour { harbour in
            let one = try await harbour.settled(up(harbour, spec("one", scale: 2)))
            try #require(one.state == .done, "\(one.reason ?? "") \(one.log.map(\.text))")
            let first = try await harbour.containers("web").first
            try await harbour.engine.remove(first?.id ?? "")
            try await harbour.until { _ in
                let containers = try await harbour.containers("web").filter(\.serving)
                return containers.count == 2 && !containers.contains { $0.id == first?.id }
            }
            await harbour.service.stopEdge()
            let client = HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port))
            var status = 0
            for _ in 0..<100 where status != 200 {
                let reply = try? await client.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(2))
                status = reply?.status ?? 0
                if status != 200 { try await Task.sleep(for: .milliseconds(100)) }
            }
            #expect(status == 200)
            // The port is taken now, for everybody else.
            var other = spec("x")
            other.name = "other"
            await #expect {
                _ = try await harbour.up([other], stack: "else")
            } throws: {
                ($0 as? Failure)?.message.contains("is held by \(stack)/web in production") == true
            }
        }
    }

    @Test func portsOfOtherProgramsAreRefused() async throws {
        try await withHarbour { harbour in
            let listener = try Listener(port: port)
            defer { listener.close() }
            await #expect {
                _ = try await up(harbour, spec("one"))
            } throws: {
                ($0 as? Failure)?.message.contains("port \(port) is held by ") == true
            }
            #expect(try await harbour.service.rollouts(environment: harbour.environment).isEmpty)
        }
    }

    /// Positions of the first lines of a batch log that contain these words.
    private func order(_ rollout: Rollout, _ words: [String]) -> [Int] {
        words.compactMap { word in rollout.log.firstIndex { $0.text.contains(word) } }
    }

    @Test(arguments: [true, false])
    func `Start-first starts and proves the new one before an old one goes, stop-first the other way`(
        startFirst: Bool
    ) async throws {
        try await withHarbour { harbour in
            let specs = ["one", "two"].map { version in
                var spec = spec(version, scale: 2)
                spec.startFirst = startFirst
                return spec
            }
            let one = try await harbour.settled(up(harbour, specs[0]))
            try #require(one.state == .done, "\(one.reason ?? "") \(one.log.map(\.text))")
            let counts = try await underLoad {
                let two = try await harbour.settled(up(harbour, specs[1]))
                #expect(two.state == .done, "\(two.log.map(\.text))")
                let words =
                    startFirst
                    ? ["created", "started", "is healthy", "takes no new requests", "stopped"]
                    : ["takes no new requests", "stopped", "created", "started", "is healthy"]
                let found = order(two, words)
                #expect(found.count == words.count && found == found.sorted(), "\(two.log.map(\.text))")
            }
            #expect(Set(counts.keys) == ["one", "two"], "\(counts)")
        }
    }

    @Test func `Old containers are kept stopped until the upgrade is confirmed; a rollback starts the very same`()
        async throws
    {
        try await withHarbour { harbour in
            let one = try await harbour.settled(up(harbour, spec("one", scale: 2)))
            try #require(one.state == .done, "\(one.reason ?? "") \(one.log.map(\.text))")
            let first = Set(try await harbour.containers("web").map(\.id))
            let two = try await harbour.settled(up(harbour, spec("two", scale: 2)))
            #expect(two.state == .done)
            let kept = try await harbour.containers("web").filter(\.parked)
            #expect(Set(kept.map(\.id)) == first)
            let seen = try await harbour.engine.containers(labels: [Label.instance: stack])
            #expect(seen.filter { first.contains($0.id) }.allSatisfy { $0.state == .exited })
            let second = Set(seen.map(\.id)).subtracting(first)

            let counts = try await underLoad {
                let back = try await harbour.up([spec("two", scale: 2)], stack: stack, rollback: true, options: options)
                #expect(try await harbour.settled(back.first?.rolloutID).state == .done)
            }
            #expect(Set(counts.keys) == ["one", "two"], "\(counts)")
            let now = try await harbour.containers("web")
            #expect(Set(now.filter { !$0.parked }.map(\.id)) == first)
            #expect(Set(now.filter(\.parked).map(\.id)) == second)

            // Confirmed: those that were kept are gone.
            _ = try await harbour.service.up(
                UpRequest(
                    stack: stack, spec: StackSpec(services: [spec("one", scale: 2)]), confirmUpgrade: true,
                    options: options),
                in: harbour.environment, pin: { _ in nil })
            try await harbour.until { _ in
                try await harbour.engine.containers(labels: [Label.instance: stack]).count == 2
            }
        }
    }

    @Test func `A rollout that is cancelled in mid-batch ends with what ran, and no request is lost`() async throws {
        try await withHarbour { harbour in
            let one = try await harbour.settled(up(harbour, spec("one")))
            try #require(one.state == .done, "\(one.reason ?? "") \(one.log.map(\.text))")
            let before = Set(try await harbour.containers("web").map(\.id))
            let counts = try await underLoad {
                let id = try await up(harbour, spec("two"), deploy: 7) ?? 0
                // One is replaced, the next is on its way in.
                try await harbour.until {
                    try await $0.rollout(id).log.filter { $0.text.hasPrefix("created") }.count == 2
                }
                try await harbour.service.cancelRollouts(ofDeploy: 7)
                let ended = try await harbour.settled(id)
                #expect(ended.state == .cancelled, "\(ended.log.map(\.text))")
            }
            #expect(Set(counts.keys).isSubset(of: ["one", "two"]), "\(counts)")
            let containers = try await harbour.containers("web").filter { !$0.parked }
            #expect(Set(containers.map(\.id)) == before)
            #expect(containers.allSatisfy { $0.serving })
        }
    }
}
