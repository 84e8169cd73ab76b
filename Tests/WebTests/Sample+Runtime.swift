import Access
import Engines
import Foundation
import Model
import Stacks

@testable import Delivery
@testable import Web

/// What runs: a stack of three services that call each other, one of them in trouble.
extension Sample {
    /// Somebody who may look and change nothing.
    var onlyReading: PageContext {
        var context = Self.context
        context.principal = Principal(
            actor: Actor(name: "eve", kind: .account),
            grants: [Grant(id: 1, subject: .account("eve"), allowance: .role(.viewer))])
        return context
    }

    var place: ServicePlace { ServicePlace(environment: Self.production, stack: "orders", service: "orders") }

    var runningService: ServiceView {
        var service = stacks[0].services[0]
        service.spec = ServiceSpec(
            name: "orders", image: "acme/orders:\(shas[3])", pinnedImage: "127.0.0.1:5000/acme/orders@\(digest)",
            scale: 3,
            command: ["python3", "-m", "orders <api>"],
            environment: ["PGHOST": "orders-db", "PGPASSWORD": "hunter2", "REVISION": shas[3].description],
            labels: ["io.rancher.container.pull_image": "always"],
            ports: [PortMapping(hostAddress: "127.0.0.1", hostPort: 8090, containerPort: 8000)],
            volumes: [VolumeMount(source: "data", target: "/data", readOnly: true)], links: ["orders-db:db"],
            memoryLimit: 512_000_000,
            healthCheck: HealthCheck(port: 8000, requestLine: "GET /health HTTP/1.0"),
            secrets: ServiceSecrets(
                variables: ["PAY": SecretText([.secret("PAY_TOKEN")])], files: [SecretFile(source: "TLS_KEY")]))
        for index in service.containers.indices {
            service.containers[index].deployID = 12
            service.containers[index].rolloutID = 6
            service.containers[index].lastProbe =
                index == 2
                ? ProbeResult(at: Self.date(2), passed: false, text: "port 8000: connection refused")
                : ProbeResult(at: Self.date(1), passed: true, text: "HTTP 200 in 3 ms")
        }
        var old = service.containers[0]
        (old.id, old.name, old.state, old.health) = ("p1", "production-orders-orders-4-1", .exited, "parked")
        (old.parked, old.serving, old.revision, old.deployID, old.lastProbe) = (true, false, shas[4], 10, nil)
        service.containers.append(old)
        return service
    }

    /// Busy as the sine of the slot, so that the lines differ.
    var usage: [String: UsageHistory] {
        Dictionary(
            uniqueKeysWithValues: (1...2).map { slot in
                let samples = (0..<90).map { index in
                    UsageSample(
                        at: Self.date(Double(90 - index) * 10),
                        processors: 0.08 + 0.05 * sin(Double(index * slot) / 9),
                        memory: Int64(60_000_000 + index * slot * 100_000))
                }
                return ("c\(slot)", UsageHistory(samples: samples, memoryLimit: 512_000_000))
            })
    }

    private func changed(_ id: Int64, from old: Int?, _ state: Rollout.State, ago: Double, by: String?) -> Rollout {
        var rollout = rollout(state, serving: 3)
        (rollout.id, rollout.deployID) = (id, by == nil ? 12 : nil)
        (rollout.startedAt, rollout.endedAt) = (Self.date(ago), state.isFinal ? Self.date(ago - 21) : nil)
        rollout.spec = runningService.spec
        rollout.previous = runningService.spec
        rollout.previous?.scale = old ?? 3
        if let by { rollout.log.insert(.init(at: Self.date(ago), text: by), at: 0) }
        return rollout
    }

    var changes: [Rollout] {
        [
            changed(9, from: nil, .done, ago: 300, by: "ada asked for a restart"),
            changed(8, from: 2, .done, ago: 4_000, by: "ada asked for a scale of 3"), rollout(.rolledBack, serving: 0),
        ]
    }

    var servicePage: ServicePage {
        ServicePage(
            place: place, service: runningService, usage: usage,
            provenances: [
                shas[3]: Provenance(
                    app: Self.app, commit: commit(3), build: build(3, .succeeded), image: image(3), deploy: liveDeploy)
            ], rollouts: changes)
    }

    /// A load balancer with a rule for each kind of answer.
    var balancerPage: ServicePage {
        var spec = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy:v0.9.1", scale: 0)
        spec.ports = [PortMapping(hostPort: 443, containerPort: 443)]
        return ServicePage(
            place: ServicePlace(environment: Self.production, stack: "orders", service: "lb"),
            service: ServiceView(name: "lb", spec: spec, state: .active, containers: []), rules: rules)
    }

    var rules: [BalancerRow] {
        [
            BalancerRow(
                hostPort: 443, mode: "https", hostname: "api.example.com", path: "/v1",
                targets: [
                    .init(stack: "orders", service: "orders", port: 3000, weight: 3, serving: 2),
                    .init(stack: "blog", service: "site", port: 80, serving: 0),
                ]),
            BalancerRow(hostPort: 443, mode: "https", hostname: "*.example.com", targets: []),
            BalancerRow(
                hostAddress: "127.0.0.1", hostPort: 25, mode: "tcp",
                targets: [.init(stack: "orders", service: "mail", port: 25, outside: ["10.9.0.1"], serving: 0)]),
        ]
    }

    var stackPage: StackPage {
        let (web, db) = (
            ServiceView(
                name: "shop-window",
                spec: ServiceSpec(name: "shop-window", image: "nginx:1.25", scale: 0, links: ["orders"]),
                state: .stopped, containers: []),
            ServiceView(
                name: "orders-db", spec: ServiceSpec(name: "orders-db", image: "postgres:15", links: ["orders-db"]),
                state: .down,
                containers: [])
        )
        var orders = runningService
        orders.spec.links = ["orders-db:db"]
        return StackPage(
            environment: Self.production, stack: StackView(name: "orders", services: [orders, db, web]), usage: usage,
            rollouts: changes)
    }

    var hostsPage: HostsPage {
        HostsPage(
            environment: Self.production,
            engine: EngineInfo(
                name: "Docker Engine 20.10.24", hostName: "box-1", processors: 4, memory: 16_000_000_000),
            stacks: [stackPage.stack], usage: usage)
    }
}
