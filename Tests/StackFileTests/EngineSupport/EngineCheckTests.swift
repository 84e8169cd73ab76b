import Model
import Testing

@testable import StackFile

/// What is said of whole files, with what the readers say.
@Suite struct EngineCheckTests {
    private func findings(_ text: String, _ engine: EngineKind?) -> [String] {
        var options = StackFileOptions()
        options.engine = engine
        do {
            return try StackFiles.load([.init(name: "docker-compose.yml", text: text)], options).warnings.map(
                \.description)
        } catch {
            return error.findings.map(\.description)
        }
    }

    @Test func aKeyIsSpokenOfOnce() {
        let text = "web:\n  image: x\n  container_name: web\n  storage_driver: {name: a}\n"
        #expect(
            findings(text, .docker).last
                == "docker-compose.yml:4:3: error: service \"web\": on Docker Engine \"storage_driver\" is a part of "
                + "Rancher itself (remove it)")
        #expect(findings(text, .docker).count { $0.contains("storage_driver") } == 1)
        let swarm = findings(text, .swarm)
        #expect(swarm.count == 2)
        #expect(swarm.first?.contains("on Docker Swarm \"container_name\" is ignored") ?? false)
    }

    @Test func aWarningHidesNoRefusalOfTheReaders() {
        let text = "web:\n  image: x\n  networks: 5x\n  pull_policy: sometimes\n"
        #expect(findings(text, .kubernetes).contains { $0.contains("pull_policy must be") })
        let unset = "web: {image: x, net: '${NET}'}"
        #expect(findings(unset, .swarm).count { $0.contains("NET is not set") } == 1)
    }

    @Test func nobodyIsAskedByDefault() {
        #expect(findings("My_web: {image: x, privileged: true, user: app}", nil).isEmpty)
    }

    @Test func theSameFileRunsOnAllThree() {
        let text = """
            version: '3'
            services:
              web: {image: acme/web, ports: ['80:8080'], environment: {A: b}, volumes: ['data:/data'], user: 1000}
              db: {image: 'postgres:15', volumes: ['db:/var/lib/postgresql/data'], mem_limit: 512m}
            volumes: {data: , db: }
            """
        for engine in EngineKind.allCases { #expect(findings(text, engine).isEmpty, "\(engine)") }
        #expect(findings(StackFilesTests.article.replacing("${REVISION}", with: "1"), .kubernetes).isEmpty)
    }

    /// Files of every shape end with findings that have a place, on every engine.
    @Test(arguments: EngineKind.allCases)
    func anyShapeOfAnyKeyIsJudged(engine: EngineKind) throws {
        let values = ["5", "''", "text", "[]", "[a, {b: c}, [d]]", "{a: b}", "{a: {b: [c]}, d: }", "true", "'a:b:c:d'"]
        for row in EngineTable.rows where row.scope == .service {
            for value in values {
                let path = row.keys[0].split(separator: ".")
                let text = path.reversed().reduce(value) { "{\($1): \($0)}" }
                for finding in try judged("web: \(text)", engine) { #expect(finding.place.line == 1) }
            }
        }
    }
}
