import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// A load balancer on a real Docker Engine with a real HAProxy.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct BalancerEngineTests {
    let real = RealEngineTests()

    @Test func `Behind a load balancer upgrades drop no request`() async throws {
        try await real.withHarbour { harbour in
            var lb = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy")
            lb.ports = [PortMapping(hostAddress: "127.0.0.1", hostPort: real.port, containerPort: 80)]
            lb.loadBalancer = Model.LoadBalancer()
            var rule = Model.LoadBalancer.Rule()
            (rule.sourcePort, rule.targetPort, rule.service) = (80, 8080, "web")
            lb.loadBalancer?.rules = [rule]
            func web(_ version: String) -> ServiceSpec {
                var spec = real.spec(version)
                spec.ports = []
                return spec
            }
            let first = try await harbour.up([web("one"), lb], stack: real.stack, options: real.options)
            for outcome in first { #expect(try await harbour.settled(outcome.rolloutID).state == .done) }
            let answers = try await real.underLoad {
                for version in ["two", "three"] {
                    let id = try await real.up(harbour, web(version))
                    #expect(try await harbour.settled(id).state == .done)
                }
            }
            #expect(Set(answers.keys).isSubset(of: ["one", "two", "three"]), "\(answers)")
            #expect(answers["three"] ?? 0 > 0)
        }
    }
}
