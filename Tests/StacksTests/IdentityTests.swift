import Engines
import Foundation
import Model
import Testing

@testable import Stacks

@Suite struct IdentityTests {
    let sha = SHA("0123456789abcdef0123456789abcdef01234567")

    @Test func hashIgnoresScaleOnly() {
        let spec = ServiceSpec(name: "orders", image: "acme/orders:1", environment: ["B": "2", "A": "1"])
        var scaled = spec
        scaled.scale = 9
        var other = spec
        other.environment["A"] = "3"
        #expect(spec.hash == scaled.hash)
        #expect(spec.hash != other.hash)
        #expect(spec.hash.count == 16)
    }

    @Test func planHoldsNamesLabelsAndNetwork() {
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", environment: ["A": "1"])
        spec.pinnedImage = "127.0.0.1:5000/acme/orders@sha256:x"
        spec.ports = [
            PortMapping(hostPort: 80, containerPort: 8080),
            PortMapping(hostPort: 53, containerPort: 53, transport: .udp),
        ]
        let identity = ContainerIdentity(
            instance: "i", environment: "production", stack: "shop", generation: 7, slot: 2, deployID: 4, revision: sha)
        let plan = ContainerPlan(of: spec, at: identity, edge: true, otherNames: ["shop-orders"])
        #expect(plan.name == "production-shop-orders-7-2")
        #expect(plan.image == spec.pinnedImage)
        #expect(plan.network == "slipway-production-shop")
        #expect(plan.aliases == ["orders", "orders.shop", "shop-orders"])
        #expect(plan.ports.map(\.transport) == [.udp])
        #expect(plan.labels["io.rancher.stack_service.name"] == "shop/orders")
        #expect(plan.labels[Label.revision] == sha?.description)
        #expect(plan.labels[Label.index] == "2")
        #expect(plan.environment == ["A=1", "REVISION=\(sha?.description ?? "")"])
        #expect(plan.initProcess && plan.restart == "unless-stopped")
        #expect(!spec.startsFirst(edge: true))
        spec.ports.removeLast()
        #expect(spec.startsFirst(edge: true))
        #expect(!spec.startsFirst(edge: false))
    }

    @Test func healthRecordFollowsTheThresholds() {
        let check = HealthCheck(port: 80, healthyThreshold: 2, unhealthyThreshold: 3)
        let now = Date()
        var record = HealthRecord(since: now)
        func add(_ results: String) {
            for result in results {
                record = record.adding(ProbeResult(at: now, passed: result == "+", text: ""), check: check)
            }
        }
        add("-----+-+")
        #expect(record.verdict == .initializing)
        add("+")
        #expect(record.verdict == .healthy)
        add("--+--")
        #expect(record.verdict == .healthy)
        add("-")
        #expect(record.verdict == .unhealthy)
        add("++")
        #expect(record.verdict == .healthy)
        // The next run of one that was healthy has its time anew; a crash loop before that has not.
        let later = now.addingTimeInterval(60)
        #expect(record.restarted(at: later) == HealthRecord(since: later))
        #expect(HealthRecord(since: now, failures: 4).restarted(at: later) == HealthRecord(since: now))
    }

    @Test(arguments: ["GET /health \"HTTP/1.0\"", "GET /health HTTP/1.0", "\"GET /health HTTP/1.0\"", "GET /health"])
    func requestLinesOfAllForms(line: String) {
        let request = HealthProbe.request(line, host: "10.0.0.2", port: 80)
        #expect(request?.hasPrefix("GET /health HTTP/1.0\r\nHost: 10.0.0.2:80\r\n") == true)
        #expect(HealthProbe.status(of: "HTTP/1.1 204 No Content\r\n") == 204)
        for answer in ["SSH-2.0", "HTTP/1.1 20", "HTTP/1.1 2x4 No", "HTTP/2.0 200 OK", ""] {
            #expect(HealthProbe.status(of: answer) == nil)
        }
    }

    @Test func portsCollideByAddress() {
        let all = PortMapping(hostPort: 80, containerPort: 1)
        #expect(all.collides(with: PortMapping(hostAddress: "127.0.0.1", hostPort: 80, containerPort: 2)))
        #expect(!all.collides(with: PortMapping(hostPort: 81, containerPort: 1)))
        #expect(!all.collides(with: PortMapping(hostPort: 80, containerPort: 1, transport: .udp)))
    }
}
