import Model
import Testing

@testable import Stacks

@Suite struct BalancerRuleTests {
    func balancer(_ rules: [Model.LoadBalancer.Rule], _ change: (inout ServiceSpec) -> Void = { _ in }) -> ServiceSpec {
        var spec = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy:v0.9.1")
        spec.loadBalancer = Model.LoadBalancer()
        spec.loadBalancer?.rules = rules
        change(&spec)
        return spec
    }

    func rule(
        _ port: Int? = 80, to service: String? = "web", _ change: (inout Model.LoadBalancer.Rule) -> Void = { _ in }
    ) -> Model.LoadBalancer.Rule {
        var rule = Model.LoadBalancer.Rule()
        (rule.sourcePort, rule.service) = (port, service)
        change(&rule)
        return rule
    }

    @Test func `What stands behind a service is told by its image and its rules`() {
        #expect(ServiceSpec(name: "a", image: "acme/web").kind == .containers)
        #expect(ServiceSpec(name: "a", image: "rancher/dns-service").kind == .alias)
        #expect(ServiceSpec(name: "a", image: "docker.io/rancher/external-service:latest").kind == .external)
        #expect(ServiceSpec(name: "a", image: "rancher/load-balancer-service").kind == .loadBalancer)
        var spec = balancer([rule()]) { $0.image = "acme/any" }
        #expect(spec.kind == .loadBalancer)
        // Rules without a source port are what a service gives to those that find it by its labels.
        spec.loadBalancer?.rules[0].sourcePort = nil
        #expect(spec.kind == .containers)
    }

    @Test func `Rules without a priority are asked in Rancher's order, those with one before`() {
        let shapes: [(String?, String?)] = [
            (nil, nil), (nil, "/a"), ("*.example", nil), ("*.example", "/a"), ("a.example", nil), ("a.example", "/a"),
            ("a.example", "/a/long"), ("*.b.example", nil),
        ]
        let rules = shapes.map { shape in rule { ($0.hostname, $0.path) = shape } }
        let spec = balancer(rules + [rule { ($0.path, $0.priority) = ("/first", 2) }])
        let ordered = spec.balancerRules.sorted { $0.precedes($1) }.map { "\($0.hostname ?? "")\($0.path ?? "")" }
        #expect(
            ordered == [
                "/first", "a.example/a/long", "a.example/a", "a.example", "*.example/a", "*.b.example", "*.example",
                "/a", "",
            ])
    }

    @Test func `A balancer of before 1.2 is read from its ports, links and labels`() {
        var spec = ServiceSpec(name: "lb", image: "rancher/load-balancer-service")
        spec.ports = [
            PortMapping(hostPort: 80, containerPort: 8080), PortMapping(hostPort: 443, containerPort: 8080),
        ]
        spec.links = ["web:w", "api"]
        spec.externalLinks = ["other/blog"]
        spec.labels = [
            "io.rancher.loadbalancer.ssl.ports": "443",
            "io.rancher.loadbalancer.target.api": "api.Example:80/v1=9000, 443=9443",
            "io.rancher.loadbalancer.proxy-protocol.ports": "443",
        ]
        let rules = spec.balancerRules
        #expect(rules.count == 6)
        #expect(rules.filter { $0.sourcePort == 443 }.allSatisfy { $0.mode == .https && $0.acceptsProxy })
        let api = rules.filter { $0.target == .service(stack: nil, name: "api") }
        #expect(api.map(\.targetPort) == [9000, 9443])
        #expect(api.first?.hostname == "api.example" && api.first?.path == "/v1")
        #expect(rules.contains { $0.target == .service(stack: "other", name: "blog") && $0.targetPort == 8080 })
        #expect(spec.edgePorts.map(\.hostPort) == [80, 443])
    }

    @Test func `Its ports are the published ones, else the source ports`() {
        let spec = balancer([rule(80), rule(443), rule(9)]) {
            $0.ports = [PortMapping(hostAddress: "127.0.0.1", hostPort: 8080, containerPort: 80)]
        }
        #expect(
            spec.edgePorts.map { "\($0.hostAddress ?? ""):\($0.hostPort ?? 0)" } == [":9", "127.0.0.1:8080", ":443"])
        #expect(spec.publishedPorts(edge: true).isEmpty)
    }

    static let wrong: [(words: String, change: @Sendable (inout [Model.LoadBalancer.Rule]) -> Void)] = [
        (
            "port 80 can't speak http and tcp at once",
            {
                $0 = [$0[0], $0[0]]; $0[1].protocol = "tcp"
            }
        ),
        ("need a certificate", { $0[0].protocol = "https" }),
        ("has no hostname", { $0[0].protocol = "sni" }),
        (
            "where no host name or path can be seen",
            {
                $0[0].protocol = "tcp"; $0[0].path = "/a"
            }
        ),
        ("names neither a service nor a selector", { $0[0].service = nil }),
        ("is no selector", { $0[0].selector = "a=b=c" }),
        (
            "is named for several",
            {
                $0 = [$0[0], $0[0]]
                for index in $0.indices { ($0[index].backendName, $0[index].path) = ("b", "/\(index)") }
            }
        ),
        ("UDP", { $0[0].protocol = "udp" }),
        ("no host name", { $0[0].hostname = "a b" }),
        ("no host name", { $0[0].hostname = "a.*.example" }),
        ("no path", { $0[0].path = "/a' } { src 1" }),
        ("another environment", { $0[0].region = "eu" }),
        ("backend's name", { $0[0].backendName = "a\nbind :1" }),
    ]

    @Test(arguments: wrong.indices)
    func `What can't be had is said`(index: Int) {
        let (words, change) = Self.wrong[index]
        var rules = [rule()]
        change(&rules)
        let found = balancer(rules).balancerObjections(edge: true)
        #expect(found.contains { $0.contains(words) }, "\(found)")
        #expect(balancer([rule()]).balancerObjections(edge: true).isEmpty)
        #expect(!balancer([rule()]).balancerObjections(edge: false).isEmpty)
    }

    @Test func `Selectors follow Rancher's grammar`() throws {
        let labels = ["role": "web", "tier": "a"]
        for text in ["role=web", "role = web, tier != b", "tier in (a, b)", "role", "none notin (x)", "tier==a"] {
            #expect(try #require(LabelSelector(text)).matches(labels), "\(text)")
        }
        for text in ["role=api", "tier notin (a,b)", "none", "role=web,tier=b", "none in (x)"] {
            #expect(try !#require(LabelSelector(text)).matches(labels), "\(text)")
        }
        for text in ["", "a=b=c", "a in b", "in (a)", "(a)", ","] { #expect(LabelSelector(text) == nil, "\(text)") }
    }
}
