import Engines
import Foundation
import Model
import NameServer
import Testing

@testable import Stacks

/// What names mean, from what is recorded.
struct NameBookTablesTests {
    private func key(_ service: String, _ stack: String = "shop", environment: Int64 = 1) -> ServiceKey {
        ServiceKey(environmentID: environment, stack: stack, service: service)
    }

    private func record(_ id: String, _ key: ServiceKey, slot: Int = 1) -> ContainerRecord {
        var record = ContainerRecord(id: id, key: key, generation: 1, slot: slot)
        record.address = "10.1.0.\(slot)"
        record.sharedAddress = "10.9.0.\(slot)"
        record.admittedAt = Date(timeIntervalSince1970: 0)
        return record
    }

    private func spec(_ name: String, _ change: (inout ServiceSpec) -> Void = { _ in }) -> ServiceSpec {
        var spec = ServiceSpec(name: name, image: "a/b:1")
        change(&spec)
        return spec
    }

    private func places(_ book: NameBook, _ service: String) -> [String] {
        (book.places[.init(service, in: "shop")] ?? []).map {
            "\($0.near?.description ?? "-") \($0.far?.description ?? "-")"
        }
    }

    @Test func `Those that take new requests are named, and of them those that are fit`() {
        let web = key("web")
        var (starting, draining, parked, sidekick) = (
            record("b", web, slot: 2), record("c", web, slot: 3), record("d", web, slot: 4), record("e", web, slot: 5)
        )
        starting.admittedAt = nil
        draining.drainStartedAt = Date(timeIntervalSince1970: 1)
        parked.parkedAt = Date(timeIntervalSince1970: 1)
        sidekick.sidekick = "proxy"
        let records = [
            record("f", web, slot: 6), record("a", web), starting, draining, parked, sidekick,
            record("g", key("web", environment: 2), slot: 7), record("h", key("gone"), slot: 8),
        ]
        let services = [web: spec("web")]
        func book(unfit: Set<String>) -> NameBook {
            NameBook(of: 1, services: services, containers: records, unfit: unfit)
        }
        #expect(places(book(unfit: []), "web") == ["10.1.0.1 10.9.0.1", "10.1.0.6 10.9.0.6"])
        #expect(places(book(unfit: ["a"]), "web") == ["10.1.0.6 10.9.0.6"])
        // Better one that may answer than nobody.
        #expect(places(book(unfit: ["a", "f"]), "web").count == 2)
        #expect(places(book(unfit: []), "gone") == [], "what is no service has no name")
    }

    @Test func `What has no address in the stack's network is left to the engine`() {
        let (host, shared, lone) = (key("host"), key("shared"), key("lone"))
        let services = [
            host: spec("host") { $0.networkMode = "host" },
            shared: spec("shared") {
                $0.networking = ContainerNetworking()
                $0.networking?.sharedWith = "host"
            },
            lone: spec("lone"),
        ]
        var unknown = record("c", lone)
        (unknown.address, unknown.sharedAddress) = (nil, nil)
        let book = NameBook(
            of: 1, services: services, containers: [record("a", host), record("b", shared), unknown])
        #expect(places(book, "host") == [] && places(book, "shared") == [] && places(book, "lone") == ["- -"])
        #expect(book.find(["lone", "host", "shop", "slipway"]) == .unknown)
    }

    @Test func `Links and alias services lead to services, unless they mean something that has no containers`() {
        let services = [
            key("web"): spec("web") {
                $0.links = ["db", "db:database", "both", "outside:away"]
                $0.externalLinks = ["press/site:news", "press/nobody:none"]
            },
            key("db"): spec("db"), key("site", "press"): spec("site"),
            key("store"): ServiceSpec(name: "store", image: "rancher/dns-service").with { $0.links = ["db"] },
            key("both"): ServiceSpec(name: "both", image: "rancher/dns-service").with {
                $0.links = ["db", "outside"]
            },
            key("outside"): ServiceSpec(name: "outside", image: "rancher/external-service"),
        ]
        let book = NameBook(of: 1, services: services, containers: [])
        let db = NameBook.Service("db", in: "shop")
        #expect(book.groups == [.init("store", in: "shop"): [db]])
        #expect(
            book.links == [
                .init("web", in: "shop"): ["database": [db], "news": [.init("site", in: "press")]]
            ])
    }

    @Test func `A load balancer is found on the machine, where its ports are what callers expect`() {
        func balancer(_ port: PortMapping) -> ServiceSpec {
            var rule = Model.LoadBalancer.Rule()
            (rule.sourcePort, rule.targetPort, rule.service) = (80, 8080, "web")
            return ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy").with {
                $0.ports = [port]
                $0.loadBalancer = Model.LoadBalancer()
                $0.loadBalancer?.rules = [rule]
            }
        }
        func found(_ port: PortMapping, machine: String? = "10.9.0.1") -> [String] {
            let services = [key("lb"): balancer(port), key("web"): spec("web")]
            return places(NameBook(of: 1, services: services, containers: [], machine: machine), "lb")
        }
        #expect(found(PortMapping(hostPort: 80, containerPort: 80)) == ["10.9.0.1 10.9.0.1"])
        #expect(found(PortMapping(hostPort: 80, containerPort: 80), machine: nil) == [])
        #expect(found(PortMapping(hostPort: 8080, containerPort: 80)) == [], "its callers know another port")
        #expect(found(PortMapping(hostAddress: "127.0.0.1", hostPort: 80, containerPort: 80)) == [])
    }

    @Test func `A container asks its name server, as its service and in its stack`() {
        var plan = ContainerPlan(name: "a", image: "b", network: "c")
        plan.ask("10.9.255.254", as: "web", of: "shop", searching: ["corp.example"])
        #expect(plan.dns == ["10.9.255.254"])
        #expect(plan.networking?.dnsSearch == ["web.shop.slipway", "corp.example"])
        #expect(plan.networking?.dnsOptions == ["ndots:2", "timeout:2", "attempts:2"])
        var own = ContainerPlan(name: "a", image: "b", network: "c")
        own.networking = ContainerNetworking()
        own.networking?.dnsSearch = ["own.example"]
        own.networking?.dnsOptions = ["ndots:5", "rotate"]
        own.ask("10.9.255.254", as: nil, of: "shop", searching: ["corp.example"])
        #expect(own.networking?.dnsSearch == ["-.shop.slipway", "own.example"])
        #expect(own.networking?.dnsOptions == ["ndots:5", "rotate", "timeout:2", "attempts:2"])
        // Who has resolvers, and whose name no domain can have, keeps to the engine's names.
        var other = ContainerPlan(name: "a", image: "b", network: "c", dns: ["10.0.0.53"])
        other.ask("10.9.255.254", as: "web", of: "shop", searching: [])
        #expect(other.dns == ["10.0.0.53"] && other.networking == nil)
        var dotted = ContainerPlan(name: "a", image: "b", network: "c")
        dotted.ask("10.9.255.254", as: "web.v2", of: "shop", searching: [])
        #expect(dotted.dns == [] && dotted.networking == nil)
    }

    @Test func `The domains of the machine are those of its last line`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "resolv-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("nameserver 10.0.0.1\ndomain a.example\nsearch b.example\tc.example\n".utf8).write(
            to: URL(filePath: file))
        #expect(NameSettings.searchDomains(resolverFile: file) == ["b.example", "c.example"])
        #expect(NameSettings.searchDomains(resolverFile: "/nowhere") == [])
    }
}

extension ServiceSpec {
    fileprivate func with(_ change: (inout ServiceSpec) -> Void) -> ServiceSpec {
        var spec = self
        change(&spec)
        return spec
    }
}
