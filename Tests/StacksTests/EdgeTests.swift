import Foundation
import Logging
import Model
import Synchronization
import Testing

@testable import Stacks

@Suite struct EdgeTests {
    func desired(_ servers: [EdgeConfiguration.Server], http: Bool = true) -> EdgeConfiguration {
        EdgeConfiguration(services: [
            .init(
                name: "production.shop.orders.8080", hostPort: 8080, speaksHTTP: http,
                check: HealthCheck(port: 80, requestLine: "GET /health \"HTTP/1.0\""), servers: servers)
        ])
    }

    let first = EdgeConfiguration.Server(name: "2-1", address: "10.0.0.2", port: 80, isDraining: false)

    @Test func textHoldsTheServersAndTheirChecks() {
        let text = desired([first]).text()
        #expect(text.contains("bind 0.0.0.0:8080"))
        #expect(text.contains("http-check send meth GET uri /health ver HTTP/1.0"))
        #expect(text.contains("    server 2-1 10.0.0.2:80 check inter 2000ms fastinter 500ms fall 3 rise 1 port 80\n"))
        #expect(text.contains("noreuseport") && text.contains("option idle-close-on-response"))
    }

    @Test func structureIgnoresServers() {
        #expect(desired([first]).structure == desired([]).structure)
        #expect(desired([first]).structure != desired([first], http: false).structure)
    }

    @Test func actionsFollowFromTheDifference() {
        let wanted = desired([first])
        let name = "production.shop.orders.8080/2-1"
        var actual = EdgeState(structure: wanted.structure)
        #expect(edgeActions(desired: EdgeConfiguration(services: []), actual: nil).isEmpty)
        #expect(edgeActions(desired: wanted, actual: nil) == [.start])
        #expect(edgeActions(desired: wanted, actual: EdgeState(structure: "structure-0")) == [.reload])
        #expect(
            edgeActions(desired: wanted, actual: actual) == [
                .tell([
                    "add server \(name) 10.0.0.2:80 check inter 2000ms fastinter 500ms fall 3 rise 1 port 80",
                    "enable health \(name)", "enable server \(name)",
                ])
            ])
        actual.servers[name] = .init(status: "UP", endpoint: "10.0.0.2:80", open: 0)
        #expect(edgeActions(desired: wanted, actual: actual).isEmpty)
        var draining = first
        draining.isDraining = true
        #expect(
            edgeActions(desired: desired([draining]), actual: actual) == [.tell(["set server \(name) state drain"])])
        actual.servers[name]?.endpoint = "10.0.0.9:80"
        // One that came back with another address has to prove itself before it gets a request.
        #expect(
            edgeActions(desired: wanted, actual: actual).last
                == .tell([
                    "add server \(name) 10.0.0.2:80 check inter 2000ms fastinter 500ms fall 3 rise 1 port 80",
                    "enable health \(name)", "set server \(name) state drain", "set server \(name) health down",
                    "set server \(name) state ready",
                ]))
        #expect(
            edgeActions(desired: desired([]), actual: actual) == [
                .remove([
                    "set server \(name) state maint", "shutdown sessions server \(name)", "del server \(name)",
                ])
            ])
        #expect(edgeActions(desired: EdgeConfiguration(services: []), actual: actual) == [.stop])
    }

    /// How often it was asked, and loaded what is wished.
    private final class Seen: Sendable {
        let asked = Mutex(0)
        let loads = Mutex(0)
    }

    @Test func thoseWhoWaitTogetherAreServedTogether() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "edge-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let edge = Edge(directory: folder, program: "/nowhere/haproxy", logger: Logger(label: "test"))
        let seen = Seen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    seen.asked.withLock { $0 += 1 }
                    _ = try await edge.converge {
                        seen.loads.withLock { $0 += 1 }
                        // Until all others have asked, and had a moment to get in line.
                        while seen.asked.withLock({ $0 }) < 20 { await Task.yield() }
                        for _ in 0..<100 { await Task.yield() }
                        return EdgeConfiguration(services: [])
                    }
                }
            }
            try await group.waitForAll()
        }
        let loads = seen.loads.withLock { $0 }
        #expect(loads >= 2, "who asks while it is being done must not be told what was before")
        #expect(loads < 20)
        // What failed is done again by the next.
        await #expect(throws: Failure.self) { _ = try await edge.converge { throw Failure(.unavailable, "disk") } }
        _ = try await edge.converge {
            seen.loads.withLock { $0 += 1 }
            return EdgeConfiguration(services: [])
        }
        #expect(seen.loads.withLock { $0 } == loads + 1)
    }

    @Test func statisticsAreRead() {
        let state = EdgeState(
            statistics: """
                # pxname,svname,qcur,scur,status,type,addr,
                f,FRONTEND,,0,OPEN,0,,
                structure-ab,BACKEND,0,0,UP,1,,
                b,2-1,1,3,UP 1/2,2,10.0.0.2:80,
                b,1-1,0,0,DRAIN,2,10.0.0.3:80,
                """)
        #expect(state.structure == "structure-ab")
        #expect(state.servers["b/2-1"] == .init(status: "UP 1/2", endpoint: "10.0.0.2:80", open: 4))
        #expect(state.servers["b/1-1"]?.isDraining == true)
    }

    @Test func `A server that was read with weight 0 drains, and takes requests again when it shall`() {
        var state = EdgeState(
            statistics: """
                # pxname,svname,qcur,scur,status,weight,type,addr,
                production.shop.orders.8080,2-1,0,0,UP,0,2,10.0.0.2:80,
                """)
        let name = "production.shop.orders.8080/2-1"
        #expect(state.servers[name]?.isDraining == true)
        state.structure = desired([first]).structure
        let lines = ["set server \(name) weight 1", "set server \(name) state ready"]
        #expect(edgeActions(desired: desired([first]), actual: state) == [.tell(lines)])
    }

    @Test func `Workers of an earlier configuration are known, and what is open there counts`() throws {
        var workers = EdgeWorker.list(
            """
            #<PID>          <type>          <reloads>       <uptime>        <version>
            2561            master          2 [failed: 0]   0d00h00m38s     2.6.12-1+deb12u4
            # workers
            3759            worker          0               0d00h00m00s     2.6.12-1+deb12u4
            # old workers
            2889            worker          1               0d00h00m28s     2.6.12-1+deb12u4
            # programs
            """)
        #expect(workers == [EdgeWorker(pid: 3759, isCurrent: true), EdgeWorker(pid: 2889, isCurrent: false)])
        workers[0].state.servers["b/1-1"] = .init(status: "DRAIN", endpoint: "10.0.0.2:80", open: 0)
        workers[1].state.servers["b/1-1"] = .init(status: "DRAIN", endpoint: "10.0.0.2:80", open: 2)
        workers[1].state.servers["b/0-1"] = .init(status: "UP", endpoint: "10.0.0.1:80", open: 1)
        let whole = try #require(EdgeState(workers))
        #expect(whole.servers["b/1-1"]?.open == 2)
        #expect(whole.servers["b/0-1"]?.isUp == false)
        #expect(EdgeState([]) == nil)
        // A reload that failed leaves no current one: the other takes connections still.
        #expect(EdgeState([workers[1]])?.servers["b/0-1"]?.isUp == true)
    }

    @Test func `A worker that a reload left hears of servers that come, drain and go`() throws {
        let wanted = desired([first])
        var left = EdgeState(structure: "structure-0")
        left.servers["production.shop.orders.8080/1-1"] = .init(status: "UP", endpoint: "10.0.0.1:80", open: 1)
        #expect(edgeActions(desired: wanted, actual: left) == [.reload])
        let actions = serverActions(desired: wanted.services, actual: left)
        #expect(actions.count == 2)
        let last = try #require(actions.last)
        guard case .remove = last else {
            Issue.record("\(last)")
            return
        }
    }

    @Test func `One that is down and drains is told apart from one that is down alone`() {
        var state = EdgeState()
        for name in ["b/1", "b/2", "b/3"] { state.servers[name] = .init(status: "DOWN", endpoint: "", open: 0) }
        state.readAdministration(
            """
            1
            # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
            4 b 1 1 10.0.0.1 0 8 1 1
            4 b 2 2 10.0.0.2 0 0 0 0
            4 b 3 3 10.0.0.3 0 0 1 1
            """)
        #expect(state.servers.filter(\.value.isDraining).keys.sorted() == ["b/1", "b/2"])
    }

    @Test func `WebSockets are led to what comes in, from the moment that it is there`() throws {
        let new = EdgeConfiguration.Server(name: "5-1", address: "10.0.0.5", port: 80, isDraining: false)
        var wanted = desired([first])
        wanted.services[0].incoming = 5
        let name = try #require(wanted.services.first).tunnelName
        func draining(_ configuration: EdgeConfiguration) -> [String] {
            configuration.withTunnels().services.first { $0.name == name }?.servers.filter(\.isDraining).map(\.name)
                ?? []
        }
        #expect(draining(wanted) == [])
        wanted.services[0].servers.append(new)
        #expect(draining(wanted) == ["2-1"])
        let plain = wanted.withTunnels().services.first { $0.name != name }
        #expect(plain?.servers.count { $0.isDraining } == 0)
        // Back again: the ones that come in are the old ones.
        wanted.services[0].incoming = 2
        #expect(draining(wanted) == ["5-1"])
        wanted.services[0].incoming = nil
        #expect(draining(wanted) == [])
        #expect(wanted.withTunnels().text().contains("use_backend \(name) if { hdr(Upgrade) -i websocket }"))
        #expect(desired([first], http: false).withTunnels() == desired([first], http: false))
        let gone = wanted.withTunnels().without(ports: ["production.shop.orders.8080": "held"]).0
        #expect(gone.services.isEmpty)
    }

    @Test func `A container drains until its WebSockets are gone too`() {
        var state = EdgeState()
        state.servers["b/2-1"] = .init(status: "DRAIN", endpoint: "10.0.0.2:80", open: 1)
        state.servers["b:websocket/2-1"] = .init(status: "DRAIN", endpoint: "10.0.0.2:80", open: 3)
        let folded = state.foldingTunnels()
        #expect(folded.servers.keys.sorted() == ["b/2-1"])
        #expect(folded.servers["b/2-1"]?.open == 4)
    }
}
