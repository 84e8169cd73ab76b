import Foundation
import Model
import Testing

@testable import Stacks

@Suite struct BalancerEdgeTests {
    func key(_ name: String, _ stack: String = "shop") -> ServiceKey {
        ServiceKey(environmentID: 1, stack: stack, service: name)
    }

    func container(_ key: ServiceKey, _ generation: Int64, _ slot: Int = 1) -> ContainerRecord {
        var record = ContainerRecord(id: "\(key)-\(slot)", key: key, generation: generation, slot: slot)
        record.address = "10.0.\(generation).\(slot)"
        return record
    }

    func balancer(_ rules: [(inout Model.LoadBalancer.Rule) -> Void]) -> ServiceSpec {
        var spec = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy")
        spec.loadBalancer = Model.LoadBalancer()
        spec.loadBalancer?.rules = rules.map { change in
            var rule = Model.LoadBalancer.Rule()
            rule.sourcePort = 80
            change(&rule)
            return rule
        }
        return spec
    }

    func configuration(
        _ services: [ServiceKey: ServiceSpec], _ containers: [ContainerRecord] = [], incoming: [ServiceKey: Int64] = [:]
    ) -> EdgeConfiguration {
        let ground = BalancerGround(
            environments: [1: "production"], services: services, incoming: incoming, containers: containers)
        let (fronts, backends) = EdgeConfiguration.balancers(on: ground)
        return EdgeConfiguration(services: backends, fronts: fronts)
    }

    func web(_ name: String = "web") -> ServiceSpec { ServiceSpec(name: name, image: "acme/\(name)") }

    @Test func `Rules become a frontend's routes, and their services' containers the servers`() throws {
        let lb = balancer([
            { ($0.service, $0.targetPort) = ("web", 8080) },
            { ($0.service, $0.hostname, $0.path) = ("blog/site", "a.example", "/blog") },
            { ($0.service, $0.hostname, $0.weight) = ("api", "*.a.example", 3) },
            { ($0.service, $0.hostname) = ("web", "*.A.example") },
        ])
        let services = [key("lb"): lb, key("web"): web(), key("api"): web("api"), key("site", "blog"): web("site")]
        let made = configuration(
            services, [container(key("web"), 2), container(key("api"), 3), container(key("api"), 3, 2)])
        let front = try #require(made.fronts.first)
        #expect(made.fronts.count == 1 && front.name == "production.shop.lb.80" && front.hostPort == 80)
        #expect(front.routes.map(\.hostname) == ["a.example", "*.a.example", nil])
        let shared = try #require(made.services.first { $0.name == front.routes[1].backend })
        #expect(shared.servers.map(\.name).sorted() == ["2-1", "3-1", "3-2"])
        #expect(shared.servers.first { $0.name == "3-1" }?.weight == 3)
        #expect(
            made.services.first { $0.name == front.routes[2].backend }?.servers.map(\.endpoint) == ["10.0.2.1:8080"])
        // Nobody is there: its requests are answered with 503 and don't go elsewhere.
        #expect(made.services.first { $0.name == front.routes[0].backend }?.servers.isEmpty == true)
        let text = made.withTunnels().text()
        #expect(text.contains("{ req.hdr(host),field(1,:),lower -m end .a.example }"))
        #expect(text.contains("{ req.hdr(host),field(1,:),lower -m str a.example } { path -i -m beg '/blog' }"))
        #expect(text.contains("    default_backend production.shop.lb.80::all\n"))
        #expect(text.contains("server 3-1 10.0.3.1:80 check inter 1000ms fastinter 500ms fall 2 rise 1 weight 3\n"))
        #expect(text.contains("use_backend production.shop.lb.80::all:websocket if { hdr(Upgrade) -i websocket }"))
    }

    @Test func `Aliases and selectors lead to those that they mean, in any stack`() throws {
        var alias = ServiceSpec(name: "backend", image: "rancher/dns-service")
        alias.links = ["web", "loop"]
        alias.externalLinks = ["blog/site:x"]
        var loop = ServiceSpec(name: "loop", image: "rancher/dns-service")
        loop.links = ["backend"]
        var site = web("site")
        site.labels = ["tier": "front"]
        site.loadBalancer = Model.LoadBalancer()
        var own = Model.LoadBalancer.Rule()
        (own.targetPort, own.path) = (3000, "/site")
        site.loadBalancer?.rules = [own]
        let lb = balancer([{ ($0.service, $0.hostname) = ("backend", "a.example") }, { $0.selector = "tier=front" }])
        let services = [
            key("lb"): lb, key("web"): web(), key("backend"): alias, key("loop"): loop, key("site", "blog"): site,
        ]
        let directory = ServiceDirectory(services, of: 1)
        let routes = BalancerRoute.routes(of: lb, port: 80, at: key("lb"), directory)
        #expect(routes.map { $0.targets.map(\.key.description) } == [["shop/web", "blog/site"], ["blog/site"]])
        #expect(routes[1].path == "/site" && routes[1].targets[0].port == 3000)
    }

    @Test func `What is outside stands in the file alone`() throws {
        var outside = ServiceSpec(name: "mail", image: "rancher/external-service")
        outside.loadBalancer = Model.LoadBalancer()
        outside.loadBalancer?.externalAddresses = ["10.9.0.1", "10.9.0.2"]
        var named = ServiceSpec(name: "named", image: "rancher/external-service")
        named.hostname = "mail.example.com"
        let lb = balancer([{ $0.service = "mail" }, { ($0.service, $0.path) = ("named", "/n") }])
        let made = configuration([key("lb"): lb, key("mail"): outside, key("named"): named])
        let text = made.text()
        #expect(text.contains("server shop.mail-2 10.9.0.2:80 check"))
        #expect(
            text.contains(
                "server shop.named-1 mail.example.com:80 check inter 1000ms fastinter 500ms fall 2 rise 1 resolvers system init-addr none\n"
            ))
        #expect(text.contains("parse-resolv-conf"))
        var actual = EdgeState(structure: made.structure)
        actual.servers["production.shop.lb.80::all/shop.mail-1"] = .init(
            status: "DOWN", endpoint: "10.9.0.1:80", open: 0)
        #expect(edgeActions(desired: made, actual: actual).isEmpty)
        var changed = outside
        changed.loadBalancer?.externalAddresses = ["10.9.0.3"]
        #expect(configuration([key("lb"): lb, key("mail"): changed, key("named"): named]).structure != made.structure)
    }

    @Test func `TLS is told its certificates, and another one is another structure`() throws {
        var lb = balancer([{ ($0.service, $0.protocol) = ("web", "https") }])
        lb.loadBalancer?.certificates = ["b", "a"]
        lb.loadBalancer?.defaultCertificate = "a"
        var made = configuration([key("lb"): lb, key("web"): web()])
        #expect(made.fronts[0].certificates.map(\.name) == ["a", "b"])
        #expect(made.certificateRefusals["production.shop.lb.80"]?.contains("has no certificate") == true)
        made.fronts[0].certificates[0].pem = "one"
        made.certificateFolder = "/x"
        let before = made.structure
        #expect(made.certificateRefusals.isEmpty)
        #expect(made.text().contains("    crt-base /x\n"))
        let file = made.fronts[0].certificates[0].file
        #expect(made.text().contains("bind 0.0.0.0:80 ssl crt \(file) alpn h2,http/1.1\n"))
        made.fronts[0].hasDefaultCertificate = false
        #expect(made.text().contains(" strict-sni"))
        made.fronts[0].hasDefaultCertificate = true
        made.fronts[0].certificates[0].pem = "two"
        #expect(made.structure != before)
        #expect(Certificates.secretName(of: "www.a-b.example") == "www_a_b_example")
        #expect(Certificates.secretName(of: "1st") == "_1st")
    }

    @Test func `Where clients come back by a cookie, one that drains gets none of them`() throws {
        var lb = balancer([{ $0.service = "web" }])
        lb.loadBalancer?.stickiness = ["cookie": "S", "indirect": "true"]
        let services = [key("lb"): lb, key("web"): web()]
        var old = container(key("web"), 2)
        let name = "production.shop.lb.80::all/2-1"
        let made = configuration(services, [old])
        #expect(made.text().contains("    cookie S insert indirect dynamic\n    dynamic-cookie-key "))
        var actual = EdgeState(structure: made.structure)
        guard case .tell(let lines)? = edgeActions(desired: made, actual: actual).first else {
            Issue.record("nothing is added")
            return
        }
        #expect(lines.contains("enable dynamic-cookie backend production.shop.lb.80::all"))
        old.drainStartedAt = Date()
        let draining = configuration(services, [old])
        #expect(draining.structure == made.structure)
        actual.servers[name] = .init(status: "UP", endpoint: "10.0.2.1:80", open: 1)
        #expect(edgeActions(desired: draining, actual: actual) == [.tell(["set server \(name) state maint"])])
        actual.servers[name]?.status = "MAINT"
        #expect(edgeActions(desired: draining, actual: actual).isEmpty)
        #expect(edgeActions(desired: made, actual: actual) == [.tell(["set server \(name) state ready"])])
        #expect(draining.text().contains(" disabled\n"))
    }

    @Test func `A weight that differs is told`() {
        let lb = balancer([{ ($0.service, $0.weight) = ("web", 5) }])
        let made = configuration([key("lb"): lb, key("web"): web()], [container(key("web"), 2)])
        let name = "production.shop.lb.80::all/2-1"
        var actual = EdgeState(structure: made.structure)
        actual.servers[name] = .init(status: "UP", endpoint: "10.0.2.1:80", open: 0)
        #expect(edgeActions(desired: made, actual: actual).isEmpty)
        actual.servers[name]?.weight = 2
        #expect(edgeActions(desired: made, actual: actual) == [.tell(["set server \(name) weight 5"])])
    }

    @Test func `A container is in use when the balancers that use its like use it, and drained when all are done`() {
        var state = EdgeState()
        state.servers["e.s.lb.80::all/2-1"] = .init(status: "DOWN", endpoint: "", open: 3)
        // Nobody of that backend is up: the rule is wrong, and the rollout isn't.
        #expect(state.balancerPlaces()["2-1"] == [.init(isReached: true, open: 3)])
        state.servers["e.s.lb.80::all/1-1"] = .init(status: "UP", endpoint: "", open: 0)
        let places = state.balancerPlaces()
        #expect(places["2-1"] == [.init(isReached: false, open: 3)])
        #expect(places["1-1"] == [.init(isReached: true, open: 0)] && places["9-1"] == nil)
    }
}
