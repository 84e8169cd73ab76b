import Model
import Testing

@testable import StackFile

@Suite struct MergeTests {
    struct Row: Decodable {
        let test: String
        let base: String
        let override: String
        let expect: String?
    }

    /// compose-go's own rows: two files merged are what a third one says.
    @Test(.enabled(if: Cases.areThere)) func followsComposeGo() throws {
        let rows = try Cases.rows("merge-override", as: Row.self)
        #expect(rows.count == 60)
        for row in rows {
            let base = try #require(try YAMLReader.read(row.base, file: "base.yml"))
            let over = try #require(try YAMLReader.read(row.override, file: "override.yml"))
            let expected = try YAMLReader.read(try #require(row.expect), file: "expected.yml")
            var merged = YAMLNode(.mapping([]), at: base.place)
            merged.content = .mapping(
                MergeRules.merged(try #require(base.mapping), try #require(over.mapping), at: ""))
            #expect(merged.comparable == expected?.comparable, "\(row.test)")
        }
    }

    private func merged(_ texts: String...) throws -> ServiceSpec {
        let sources = texts.enumerated().map { StackFileSource(name: "\($0.offset).yml", text: $0.element) }
        return try #require(try StackFiles.load(sources).spec.services.first)
    }

    @Test func listsAreJoinedAndNamesMerge() throws {
        let spec = try merged(
            """
            services:
              a:
                image: x
                cap_add: [A, B]
                devices: ['/dev/a:/dev/x', '/dev/b:/dev/y']
                tmpfs: /one
                sysctls: [a.b=1]
                networks: [front]
                depends_on: [db]
                logging: {driver: syslog, options: {tag: a}}
                ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}
                extra_hosts: {db: 10.0.0.1}
            """,
            """
            services:
              a:
                cap_add: [B, C]
                devices: ['/dev/c:/dev/x']
                tmpfs: [/two]
                sysctls: {a.b: 2, c.d: 3}
                networks: {front: {aliases: [f]}, back: }
                depends_on: {cache: {condition: service_healthy}}
                logging: {driver: json-file}
                ulimits: {nofile: 5}
                extra_hosts: [db=10.0.0.2]
            """)
        #expect(spec.capAdd == ["A", "B", "C"])
        #expect(spec.isolation?.devices == ["/dev/c:/dev/x", "/dev/b:/dev/y"])
        #expect(spec.storage?.memoryMounts == ["/one", "/two"])
        #expect(spec.isolation?.sysctls == ["a.b": "2", "c.d": "3"])
        #expect(spec.networking?.networks.keys.sorted() == ["back", "front"])
        #expect(spec.networking?.networks["front"]?.aliases == ["f"])
        #expect(
            spec.lifecycle?.dependencies == [.init(service: "db"), .init(service: "cache", condition: .healthy)])
        #expect(spec.logging?.driver == "json-file" && spec.logging?.options.isEmpty == true)
        #expect(spec.limits?.ulimits == ["nofile": .init(soft: 5, hard: 5), "nproc": .init(soft: 3, hard: 3)])
        #expect(spec.extraHosts == ["db:10.0.0.1", "db:10.0.0.2"])
    }

    @Test func resetTakesAwayAndOverrideReplaces() throws {
        let spec = try merged(
            "a: {image: x, ports: ['80:80'], dns: [1.1.1.1], environment: {A: 1, B: 2}}",
            "a: {ports: !reset [], dns: !override [2.2.2.2], environment: {A: !reset null}}")
        #expect(spec.ports.isEmpty)
        #expect(spec.dns == ["2.2.2.2"])
        #expect(spec.environment == ["B": "2"])
    }
}

extension YAMLNode {
    /// As text, with lists of `KEY=value` and lists of names where mappings could stand as mappings, and mappings sorted.
    fileprivate var comparable: String { comparable(under: "") }

    private static let byName: Set<String> = [
        "environment", "labels", "annotations", "sysctls", "args", "additional_contexts",
    ]
    private static let names: Set<String> = ["networks", "models", "depends_on"]

    private func comparable(under key: String) -> String {
        switch content {
        case .scalar(let text, _): return isNull ? "null" : text
        case .sequence(let items):
            if Self.byName.contains(key) {
                return YAMLNode(.mapping(ServiceMerge.pairs(self) ?? []), at: place).comparable(under: "")
            }
            if Self.names.contains(key) {
                let pairs = items.map {
                    Pair(key: $0.text ?? "", keyPlace: place, value: YAMLNode(.scalar("", plain: true), at: place))
                }
                return YAMLNode(.mapping(pairs), at: place).comparable(under: "")
            }
            let texts = items.map { $0.comparable(under: "") }
            return "[\((key == "extra_hosts" ? texts.sorted() : texts).joined(separator: ", "))]"
        case .mapping(let pairs):
            if key == "extra_hosts" {
                return "[\(pairs.map { "\($0.key)=\($0.value.text ?? "")" }.joined(separator: ", "))]"
            }
            let members = pairs.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.comparable(under: $0.key))" }
            return "{\(members.joined(separator: ", "))}"
        }
    }
}
