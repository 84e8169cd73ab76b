import Foundation
import HTTPTransport
import Logging
import Model
import Supervisor
import Testing

@testable import Stacks

/// Load balancers in a real HAProxy.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct BalancerProcessTests {
    let folder = NSTemporaryDirectory() + "slipway-lb-\(UUID().uuidString.prefix(8))"
    let ports = (0..<4).compactMap { _ in PortProbe.anyFree() }
    let base = BalancerEdgeTests()

    func withEdge(_ body: (Edge) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (port, revision) in zip(ports, ["one", "two"]) {
            _ = try EdgeProcessTests.Upstream(folder, port: port, revision: revision)
        }
        let edge = Edge(directory: folder, program: "haproxy", keeper: nil, logger: Logger(label: "test"))
        var problem: (any Error)?
        do { try await body(edge) } catch { problem = error }
        await edge.stop()
        for port in ports {
            await Daemon(name: "web-\(port)", pidDirectory: folder, logPath: "/dev/null").stop(grace: .seconds(1))
        }
        try? FileManager.default.removeItem(atPath: folder)
        if let problem { throw problem }
    }

    /// `web` answers "one" and `api` "two", each from the port of its rules.
    func configuration(
        _ rules: [(inout Model.LoadBalancer.Rule) -> Void], containers: [ContainerRecord]? = nil,
        _ change: (inout ServiceSpec) -> Void = { _ in }
    ) -> EdgeConfiguration {
        var lb = base.balancer(rules)
        lb.ports = Set(lb.balancerRules.map(\.sourcePort)).map {
            PortMapping(hostAddress: "127.0.0.1", hostPort: $0, containerPort: $0)
        }
        change(&lb)
        let services = [base.key("lb"): lb, base.key("web"): base.web(), base.key("api"): base.web("api")]
        return base.configuration(services, containers ?? [container("web", 2), container("api", 3)])
    }

    func container(_ service: String, _ generation: Int64, _ slot: Int = 1, _ address: String = "127.0.0.1")
        -> ContainerRecord
    {
        var record = base.container(base.key(service), generation, slot)
        record.address = address
        return record
    }

    func get(
        _ path: String = "/", host: String = "x.example", cookie: String? = nil, port: Int
    ) async throws -> HTTPReply {
        let cookies = cookie.map { [("Cookie", $0)] } ?? []
        return try await HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port)).send(
            HTTPRequest(method: "GET", path: path, headers: [("Host", host)] + cookies), timeout: .seconds(20))
    }

    func revision(_ reply: HTTPReply) -> String {
        let text = String(decoding: reply.body, as: UTF8.self)
        return text.contains("\"one\"") ? "one" : text.contains("\"two\"") ? "two" : "\(reply.status)"
    }

    func answers(_ port: Int) async throws {
        while (try? await get(port: port)) == nil { try await Task.sleep(for: .milliseconds(30)) }
    }

    @Test func `Requests go where the rules lead them`() async throws {
        try await withEdge { edge in
            let port = ports[2]
            let wanted = configuration([
                { ($0.service, $0.sourcePort, $0.targetPort) = ("web", port, ports[0]) },
                { ($0.service, $0.sourcePort, $0.targetPort, $0.hostname) = ("api", port, ports[1], "*.a.example") },
                { ($0.service, $0.sourcePort, $0.hostname, $0.path) = ("none", port, "b.example", "/gone") },
                { ($0.service, $0.sourcePort, $0.targetPort, $0.path) = ("api", port, ports[1], "/api") },
            ])
            try await edge.check(wanted)
            let state = try await edge.converge { wanted }
            #expect(state.refused.isEmpty)
            try await answers(port)
            for (host, path, answer) in [
                ("x.example", "/", "one"), ("x.A.example:80", "/", "two"), ("a.example", "/", "one"),
                ("b.example", "/gone/x", "503"), ("x.example", "/api?x", "404"),
            ] {
                let found = revision(try await get(path, host: host, port: port))
                #expect(found == answer, "\(host)\(path)")
            }
        }
    }

    @Test func `What HAProxy doesn't take is refused, and everything else goes on`() async throws {
        try await withEdge { edge in
            let port = ports[2]
            let rules: [(inout Model.LoadBalancer.Rule) -> Void] = [
                { ($0.service, $0.sourcePort, $0.targetPort) = ("web", port, ports[0]) }
            ]
            let bad = configuration(rules) {
                $0.loadBalancer?.configuration = "defaults\n  http-request set-header X %[nonsense]"
            }
            let failure = await #expect(throws: Failure.self) { try await edge.check(bad) }
            let cause = failure?.cause ?? ""
            #expect(cause.contains("nonsense"))
            let upstream = EdgeConfiguration.Server(
                name: "1-1", address: "127.0.0.1", port: ports[1], isDraining: false)
            let other = EdgeConfiguration.Service(
                name: "other", hostAddress: "127.0.0.1", hostPort: ports[3], speaksHTTP: true, check: nil,
                servers: [upstream])
            let wanted = EdgeConfiguration(services: bad.services + [other], fronts: bad.fronts)
            let state = try await edge.converge { wanted }
            #expect(state.refused["production.shop.lb.127.0.0.1:\(port)"]?.contains("nonsense") == true)
            try await answers(ports[3])
            let through = revision(try await get(port: ports[3]))
            #expect(through == "two")
            // A good one is taken up, and the connection that is open then goes on.
            async let slow = get("/slow?ms=1500", port: ports[3])
            try await Task.sleep(for: .milliseconds(300))
            let good = configuration(rules)
            let better = EdgeConfiguration(services: good.services + [other], fronts: good.fronts)
            _ = try await edge.converge { better }
            try await answers(port)
            let answer = try await slow
            #expect(answer.status == 200)
        }
    }

    @Test func `Clients come back to their container until it drains`() async throws {
        try await withEdge { edge in
            let port = ports[2]
            let rules: [(inout Model.LoadBalancer.Rule) -> Void] = [
                { ($0.service, $0.sourcePort, $0.targetPort) = ("web", port, ports[0]) }
            ]
            var both = [container("web", 2, 1), container("web", 2, 2, "127.0.0.2")]
            func wanted() -> EdgeConfiguration {
                configuration(rules, containers: both) {
                    $0.loadBalancer?.stickiness = ["cookie": "S", "mode": "insert"]
                }
            }
            let first = wanted()
            _ = try await edge.converge { first }
            try await answers(port)
            let cookie = try #require(try await get(port: port).headers.first { $0.0.lowercased() == "set-cookie" }?.1)
            #expect(cookie.hasPrefix("S=") && !cookie.hasPrefix("S=;"))
            let mine = String(cookie.prefix { $0 != ";" })
            for _ in 0..<6 {
                let again = try await get(cookie: mine, port: port).headers.filter { $0.0.lowercased() == "set-cookie" }
                #expect(again.allSatisfy { $0.1.hasPrefix(mine) })
            }
            both[0].drainStartedAt = Date()
            let second = wanted()
            let state = try await edge.converge { second }
            #expect(state.servers.filter(\.value.isDraining).count <= 1)
            both[0].drainStartedAt = nil
            let third = wanted()
            let back = try await edge.converge { third }
            #expect(back.servers.values.allSatisfy { !$0.isDraining && !$0.status.hasPrefix("MAINT") })
        }
    }

    @Test func `TLS ends at the edge with the service's certificates`() async throws {
        try await withEdge { edge in
            let port = ports[2]
            var wanted = configuration([
                { ($0.service, $0.sourcePort, $0.targetPort, $0.protocol) = ("web", port, ports[0], "https") }
            ]) { $0.loadBalancer?.defaultCertificate = "site" }
            let state = try await edge.converge { [wanted] in wanted }
            #expect(state.refused.count == 1)
            wanted.fronts[0].certificates[0].pem = Self.certificate
            try await edge.check(wanted)
            let open = try await edge.converge { [wanted] in wanted }
            #expect(open.refused.isEmpty)
            while PortProbe.isFree(port, address: "127.0.0.1") { try await Task.sleep(for: .milliseconds(30)) }
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/pem")
            #expect(files == [wanted.fronts[0].certificates[0].file])
            wanted.fronts[0].certificates[0].pem = "no certificate"
            let broken = wanted
            await #expect(throws: Failure.self) { try await edge.check(broken) }
        }
    }
}
