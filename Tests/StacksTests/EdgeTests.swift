import Foundation
import Model
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
}
