import Foundation
import Model
import Testing

@testable import StackFile

/// Real pairs of docker-compose and rancher-compose files: each is read, or refused with findings that have a place.
@Suite struct CatalogTests {
    @Test(.enabled(if: Cases.areThere)) func everyPairIsReadOrRefusedClearly() throws {
        let root = try #require(Cases.folder) + "/catalog/community-catalog"
        var read = 0
        var refused: [String: Int] = [:]
        for path in FileManager.default.subpaths(atPath: root) ?? [] where path.contains("/docker-compose.yml") {
            let folder = "\(root)/\(path)".replacing(#/\/docker-compose\.yml(\.tpl)?$/#, with: "")
            let names = [String(path.split(separator: "/").last ?? ""), "rancher-compose.yml"]
            let sources = names.compactMap { name in
                (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).map {
                    StackFileSource(name: name, text: $0)
                }
            }
            do {
                let result = try StackFiles.load(sources, .init(allowUnset: true, readFile: { _ in "" }))
                #expect(!result.spec.services.isEmpty, "\(path)")
                read += 1
            } catch {
                #expect(!error.findings.isEmpty, "\(path)")
                for finding in error.findings where finding.severity == .error {
                    #expect(finding.line > 0 || finding.message.contains("empty"), "\(path): \(finding)")
                    let kind = finding.message.replacing(#/^service "[^"]*": /#, with: "").prefix(60)
                    refused[String(kind), default: 0] += 1
                }
            }
        }
        #expect(read > 30)
        if ProcessInfo.processInfo.environment["SLIPWAY_CASES_REPORT"] != nil {
            print("read \(read)")
            for (kind, count) in refused.sorted(by: { $0.value > $1.value }) { print("REFUSED", count, kind) }
        }
    }
}
