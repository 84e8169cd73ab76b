import Model
import Testing

@testable import Stacks

@Suite struct ServiceNamesTests {
    let base = BalancerEdgeTests()

    @Test func `Aliases and external services give names to those who call`() {
        var alias = ServiceSpec(name: "db", image: "rancher/dns-service")
        alias.links = ["postgres"]
        var far = ServiceSpec(name: "search", image: "rancher/dns-service")
        far.externalLinks = ["blog/site"]
        var outside = ServiceSpec(name: "mail", image: "rancher/external-service")
        outside.loadBalancer = Model.LoadBalancer()
        outside.loadBalancer?.externalAddresses = ["10.9.0.1"]
        let services = [
            base.key("db"): alias, base.key("search"): far, base.key("mail"): outside,
            base.key("postgres"): base.web("postgres"),
            base.key("site", "blog"): base.web("site"),
        ]
        let postgres = GivenNames(services, for: base.key("postgres"))
        #expect(postgres.near == ["db", "db.shop"] && postgres.far == ["db.shop"])
        #expect(postgres.links == ["search.shop:search"])
        #expect(postgres.hosts == ["mail:10.9.0.1", "mail.shop:10.9.0.1"])
        let site = GivenNames(services, for: base.key("site", "blog"))
        #expect(site.near.isEmpty && site.far == ["search.shop"] && site.hosts == ["mail.shop:10.9.0.1"])
        #expect(site.links.isEmpty)
    }

    @Test func `Links are names of one container alone`() {
        var spec = base.web()
        spec.links = ["db:database", "cache"]
        spec.externalLinks = ["blog/site:news", "blog/api"]
        #expect(spec.localLinks(in: "shop") == ["db:database"])
        #expect(spec.farLinks(from: "shop") == ["site.blog:news", "api.blog:api"])
        #expect(spec.strangeLinks.isEmpty)
        spec.externalLinks = ["redis_1:redis"]
        #expect(spec.strangeLinks == ["redis_1:redis"])
        #expect(objections(to: spec, edge: true).first?.contains("write stack/service:alias") == true)
    }
}
