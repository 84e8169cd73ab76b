import Engines
import Foundation
import Logging
import Model
import Store
import Synchronization
import Testing

@testable import Stacks

/// An edge that does what it is told at once, and keeps what that was.
final class ObedientEdge: Stacks.LoadBalancer {
    let told = Mutex(EdgeConfiguration(services: []))
    let checked = Mutex(0)

    func converge(_ load: @Sendable () async throws -> EdgeConfiguration) async throws -> EdgeState {
        let wanted = try await load()
        told.withLock { $0 = wanted }
        var state = EdgeState(structure: wanted.structure)
        for service in wanted.services {
            for server in service.servers {
                state.servers["\(service.name)/\(server.name)"] = .init(
                    status: server.isDraining ? "DRAIN" : "UP", endpoint: server.endpoint, open: 0)
            }
        }
        return state
    }

    func stop() async {}
    func check(_ configuration: EdgeConfiguration) async throws { checked.withLock { $0 += 1 } }
}

@Suite(.timeLimit(.minutes(1))) struct BalancerServiceTests {
    let edge = ObedientEdge()
    let service: StackService

    init() throws {
        let engine = SimulatedEngine(images: ["acme/web", "acme/api"])
        let edge = edge
        let store = try Store(path: nil, migrations: StackService.migrations)
        service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(edge: edge, isPortFree: { _, _ in true }))
    }

    func balancer(port: Int = 80, to target: String = "web") -> ServiceSpec {
        BalancerEdgeTests().balancer([{ ($0.service, $0.sourcePort, $0.targetPort) = (target, port, 8080) }])
    }

    @discardableResult
    func up(_ specs: [ServiceSpec], stack: String = "shop", prune: Bool = false) async throws -> [Rollout] {
        let environment = try await environment()
        let outcomes = try await service.up(
            UpRequest(
                stack: stack, spec: StackSpec(services: specs), upgrade: true, prune: prune,
                options: RolloutOptions(settle: 0, deadline: 20_000, drain: 100)), in: environment, pin: { _ in nil })
        var ended: [Rollout] = []
        for outcome in outcomes {
            let key = ServiceKey(environmentID: environment.id, stack: stack, service: outcome.service)
            while try await service.turn(of: key) != .rests {}
            if let id = outcome.rolloutID { ended.append(try await service.rollout(id)) }
        }
        return ended
    }

    func environment() async throws -> Environment {
        if let known = try await service.environments().first { return known }
        return try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
    }

    func view(_ name: String, stack: String = "shop") async throws -> ServiceView? {
        try await service.stacks(in: try await environment()).first { $0.name == stack }?.services
            .first { $0.name == name }
    }

    @Test func `A load balancer has no containers, and leads to those of others as they come and go`() async throws {
        let first = try await up([balancer()])
        #expect(first.map(\.state) == [.done])
        #expect(first.first?.log.contains { $0.text == "bringing in the load balancer" } == true)
        #expect(try await view("lb")?.state == .active)
        #expect(try await view("lb")?.containers.isEmpty == true)
        #expect(edge.told.withLock { $0.services.first?.servers.count } == 0)
        let key = ServiceKey(environmentID: try await environment().id, stack: "shop", service: "lb")
        #expect(try await service.balancerTable(of: key).first?.targets.isEmpty == true)
        try await up([ServiceSpec(name: "web", image: "acme/web", scale: 2)])
        #expect(edge.told.withLock { $0.services.first?.servers.map(\.port) } == [8080, 8080])
        let row = try #require(try await service.balancerTable(of: key).first)
        #expect(row.hostPort == 80 && row.targets.first?.serving == 2 && row.targets.first?.port == 8080)
        // The same again is no change, and it can't be scaled.
        #expect(try await up([balancer()]).isEmpty)
        await #expect(throws: Failure.self) {
            try await service.change(.scale(2), of: "lb", stack: "shop", in: try await environment(), by: "mira")
        }
        // Gone from the file: the port is given back.
        try await up([ServiceSpec(name: "web", image: "acme/web", scale: 2)], prune: true)
        _ = try await service.convergeEdge()
        #expect(edge.told.withLock { $0.fronts.isEmpty && $0.services.isEmpty })
        #expect(try await view("lb") == nil)
    }

    @Test func `A port that another service holds is refused, naming it`() async throws {
        try await up([balancer()])
        var web = ServiceSpec(name: "web", image: "acme/web")
        web.ports = [PortMapping(hostPort: 80, containerPort: 8080)]
        let failure = await #expect(throws: Failure.self) { try await up([web]) }
        #expect(failure?.message.contains("is held by shop/lb in production") == true)
        let other = await #expect(throws: Failure.self) { try await up([balancer()], stack: "other") }
        #expect(other?.message.contains("Port 80, which other/lb asks for, is held by shop/lb") == true)
    }

    @Test func `What is asked for is looked at before anything changes`() async throws {
        var lb = balancer()
        lb.loadBalancer?.configuration = "global\n  chroot /tmp"
        let failure = await #expect(throws: Failure.self) { try await up([lb]) }
        #expect(failure?.message.contains("line 2 of config, `chroot /tmp`, is refused") == true)
        lb.loadBalancer?.configuration = nil
        lb.loadBalancer?.rules[0].protocol = "https"
        lb.loadBalancer?.certificates = ["www.example.com"]
        let missing = await #expect(throws: Failure.self) { try await up([lb]) }
        #expect(missing?.message == "There is no certificate www.example.com, which shop names for port 80")
        #expect(missing?.hint?.contains("slipway secrets set www_example_com --environment production") == true)
        #expect(edge.checked.withLock { $0 } == 0)
        try await up([balancer()])
        #expect(edge.checked.withLock { $0 } == 1)
        #expect(try await service.stacks(in: try await environment()).flatMap(\.services).map(\.name) == ["lb"])
    }
}
