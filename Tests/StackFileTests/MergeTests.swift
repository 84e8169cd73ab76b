import Model
import Testing

@testable import StackFile

/// compose-go's own rows: two files merged are what a third one says.
@Suite struct MergeTests {
    struct Row: Decodable {
        let test: String
        let base: String
        let override: String
        let expect: String?
    }

    private func load(_ texts: String...) -> [ServiceSpec]? {
        let sources = texts.enumerated().map { StackFileSource(name: "\($0.offset).yml", text: $0.element) }
        return try? StackFiles.load(sources, .init(allowUnset: true)).spec.services
    }

    @Test(.enabled(if: Cases.areThere)) func followsComposeGo() throws {
        var compared = 0
        // That row joins links at "=", which no link is written with.
        for row in try Cases.rows("merge-override", as: Row.self) where row.test != "TestMergeExtraLinksSequence" {
            // Rows about keys that aren't carried out are refused on both sides.
            guard let expect = row.expect, let expected = load(expect) else { continue }
            compared += 1
            let merged = load(row.base, row.override)
            for (one, other) in zip(merged ?? [], expected) {
                #expect(one.comparable == other.comparable, "\(row.test)")
            }
            #expect(merged?.count == expected.count, "\(row.test)")
        }
        #expect(compared > 20)
    }
}

extension ServiceSpec {
    /// With lists whose order means nothing sorted.
    fileprivate var comparable: ServiceSpec {
        var spec = self
        spec.ports.sort { ($0.containerPort, $0.hostPort ?? 0) < ($1.containerPort, $1.hostPort ?? 0) }
        spec.volumes.sort { $0.target < $1.target }
        spec.extraHosts.sort()
        spec.dns.sort()
        spec.capAdd.sort()
        spec.capDrop.sort()
        return spec
    }
}
