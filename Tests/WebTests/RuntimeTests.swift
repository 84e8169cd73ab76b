import Access
import Engines
import Foundation
import GRDB
import HTTPTransport
import Model
import Stacks
import Store
import Testing

@testable import Web

/// The pages of what runs, and the buttons that change it.
@Suite struct RuntimeTests {
    private let sample: Sample

    init() throws { sample = try Sample() }

    @Test func `A service's page says what runs, where it came from, and that it is what was tested`() {
        let text = sample.servicePage.render(Sample.context).text
        for part in [
            "href=\"/builds/47\"", "href=\"/deploys/12\"", "sha256:4be1c07f4be1", "run exactly this digest",
            "HTTP 200 in 3 ms",
            "port 8000: connection refused", "GET /health HTTP/1.0 on port 8000", "orders &lt;api&gt;",
            "1 container of before", "ada asked for a restart", "Scale from 2 to 3", "/services/orders/logs",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `A password that stands in the files is not on the page`() {
        let text = sample.servicePage.render(Sample.context).text
        #expect(!text.contains("hunter2"))
        #expect(text.contains("PGPASSWORD="))
        #expect(text.contains("from PAY_TOKEN"))
    }

    @Test func `Who may only read has no buttons`() {
        let text = sample.servicePage.render(sample.onlyReading).text
        #expect(!text.contains("/scale\"") && !text.contains("/restart\""))
        #expect(text.contains("<output aria-label=\"Scale of orders\">3</output>"))
    }

    @Test func `A container that isn't what was tested is named`() {
        var page = sample.servicePage
        page.service.containers[1].matches = false
        let text = page.render(Sample.context).text
        #expect(text.contains("differs from what was tested") && text.contains("1 differ"))
    }

    @Test func `Callers stand left of what they call, and a circle ends`() {
        let edges = [
            (from: "web", to: "api"), (from: "api", to: "db"), (from: "web", to: "db"), (from: "a", to: "b"),
            (from: "b", to: "a"),
        ]
        let columns = LinkPicture.columns(of: ["db", "api", "web", "a", "b"], edges)
        #expect(columns == [["web", "a", "b"], ["api"], ["db"]])
        #expect(LinkPicture(services: [sample.runningService]) { $0 }.html == nil)
    }

    @Test(arguments: [(0.0, 0.05, 0.05), (0.07, 0.05, 0.1), (1.2, 0.05, 2), (84e6, 20e6, 100e6)])
    func `A plot's top is a round number above all`(value: Double, least: Double, top: Double) {
        let line = Plot.Line(slot: 1, points: [(Sample.now, value)])
        let plot = Plot(lines: [line], now: Sample.now, atLeast: least) { "\($0)" }
        #expect(abs(plot.top - top) < top / 1000)
    }

    @Test func `The number of processors is said in few digits`() {
        #expect([0.0412, 0.5, 1.26, 12.4, 0].map(Words.decimal) == ["0.04", "0.5", "1.3", "12", "0"])
        #expect([500, 2000, 60_000].map(Words.milliseconds) == ["500 ms", "2 s", "1 min"])
    }

    @Test func `Scaling and restarting queue rollouts, stand in the audit log, and lead back to where one was`()
        async throws
    {
        try await World.run { world in
            try await Self.insertService(world)
            let (cookie, csrf) = try await world.signIn()
            let path = "/environments/production/stacks/shop/services/orders"
            let headers = [("Cookie", cookie)]
            let scaled = try await world.form(
                "\(path)/scale", ["csrf": csrf, "scale": "4", "from": "environment"], headers)
            #expect(scaled.status == 303)
            #expect(scaled.header("location") == "/environments/production")
            let environment = try await world.stacks.environment(named: "production")
            let rollouts = try await world.stacks.rollouts(environment: environment)
            #expect(rollouts.first?.spec.scale == 4)
            #expect(rollouts.first?.revision?.description == String(repeating: "a", count: 40))
            #expect(rollouts.first?.options.batchSize == 2)
            let entry = try #require(try await world.access.audit.entries(limit: 1).first)
            #expect(entry.action == "service.scale" && entry.subject == "shop/orders" && entry.after == "{\"scale\":4}")

            let token = try await world.token()
            let outcome = try await world.post("/api/v1\(path)/restart", "{\"batchSize\":3}", token).json(
                ServiceOutcome.self)
            #expect(outcome.action == .upgraded)
            let restart = try await world.stacks.rollout(try #require(outcome.rolloutID))
            #expect(restart.options.batchSize == 3 && restart.spec.scale == 4)
            #expect(restart.log.contains { $0.text.contains("asked for a restart") })

            // What waits to make everything new is not overtaken.
            #expect(try await world.post("/api/v1\(path)/scale", "{\"scale\":1}", token).status == 409)
            #expect(try await world.post("/api/v1\(path)/scale", "{\"scale\":-1}", token).status == 422)
            #expect(try await world.form("\(path)/scale", ["csrf": csrf, "scale": "x"], headers).status == 422)
            let other = path.replacing("orders", with: "ordres")
            let missing = try await world.post("/api/v1\(other)/scale", "{\"scale\":1}", token)
            #expect(missing.status == 404 && missing.text.contains("Services: orders"))
        }
    }

    @Test func `The pages of what runs answer, though nothing does`() async throws {
        try await World.run { world in
            try await Self.insertService(world)
            let (cookie, _) = try await world.signIn()
            for path in ["", "/hosts", "/stacks/shop", "/stacks/shop/services/orders"] {
                let page = try await world.get("/environments/production\(path)", [("Cookie", cookie)])
                #expect(page.status == 200, "\(path)")
                #expect(page.text.contains(path == "/hosts" ? "simulated" : "orders"), "\(path)")
            }
            for path in ["/stacks/shop/services/none", "/stacks/none", "/stacks/shop/services/orders/logs"] {
                let page = try await world.get("/environments/production\(path)", [("Cookie", cookie)])
                #expect(page.status == 404, "\(path)")
            }
        }
    }

    /// A settled service of three that a deploy brought in, two at a time.
    private static func insertService(_ world: World) async throws {
        let environment = try await world.stacks.addEnvironment(name: "production", socket: "/a")
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try JSONCoding.encoder.encode(value), as: UTF8.self)
        }
        let spec = try json(ServiceSpec(name: "orders", image: "acme/orders:1", scale: 3))
        let options = try json(RolloutOptions(batchSize: 2))
        try await world.store.write { db in
            try db.execute(
                sql: """
                    INSERT INTO rollout (environmentID, stack, service, revision, spec, options, state, queuedAt, startedAt, generation)
                    VALUES (?1, 'shop', 'orders', ?2, ?3, ?4, 'done', ?5, ?5, 1)
                    """,
                arguments: [environment.id, String(repeating: "a", count: 40), spec, options, Date()])
            try db.execute(
                sql:
                    "INSERT INTO service (environmentID, stack, name, spec, generation) VALUES (?, 'shop', 'orders', ?, 1)",
                arguments: [environment.id, spec])
        }
    }
}
