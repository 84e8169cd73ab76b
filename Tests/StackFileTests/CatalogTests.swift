import Foundation
import Model
import Testing

@testable import StackFile

/// Real pairs of docker-compose and rancher-compose files, beside what an independent reader found in them.
@Suite struct CatalogTests {
    /// Pairs that may be refused: one in twenty.
    private static let refusalLimit = 18

    @Test(.enabled(if: Cases.areThere)) func everyPairIsReadAsExpectedOrRefusedInOneLine() throws {
        let root = try #require(Cases.folder) + "/catalog"
        var counts: [String: Int] = [:]
        var refusals: [String] = []
        for line in try String(contentsOfFile: "\(root)/expectations.jsonl", encoding: .utf8).split(separator: "\n") {
            let expected = try JSONDecoder().decode(CatalogPair.self, from: Data(line.utf8))
            let sources = try [expected.docker.file, expected.rancher.file].map { name in
                StackFileSource(
                    name: name, text: try String(contentsOfFile: "\(root)/\(expected.dir)/\(name)", encoding: .utf8))
            }
            do {
                let result = try StackFiles.load(sources, CatalogPair.answered(sources))
                expected.check(result)
                let isTemplate = sources.contains { GoTemplate.isTemplate($0.text) }
                counts[isTemplate ? "rendered" : "read", default: 0] += 1
            } catch {
                // What is told besides, for all of it is told at once, would be no refusal by itself.
                let errors = error.findings.filter {
                    $0.severity == .error && !$0.message.contains("is not carried out yet")
                }
                #expect(errors.count == 1, "\(expected.dir): \(errors)")
                #expect(errors.allSatisfy { $0.line > 0 && $0.column > 0 }, "\(expected.dir): \(errors)")
                refusals.append("\(expected.dir)/\(errors.map(\.description).joined(separator: "\n    "))")
            }
        }
        #expect(counts.values.reduce(refusals.count, +) == 375)
        #expect(refusals.count <= Self.refusalLimit, "\(refusals.joined(separator: "\n"))")
        if ProcessInfo.processInfo.environment["SLIPWAY_CASES_REPORT"] != nil {
            print("CATALOG \(counts), refused \(refusals.count)")
            for refusal in refusals { print("REFUSED \(refusal)") }
        }
    }
}

/// A line of `expectations.jsonl`.
struct CatalogPair: Decodable {
    struct Side: Decodable {
        let file: String
        let services: [String: Service]?
        let questions: [String]?
    }

    struct Service: Decodable {
        let keys: [String]
        let image: String?
        let labels: Int?
        let sidekicks: [String]?
        let global: Bool?
        let scale: String?
        let health_check: [String: Value]?
        let upgrade_strategy: [String: Value]?
    }

    /// A text, a number, a boolean or something larger, as text.
    struct Value: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text =
                (try? container.decode(String.self)) ?? (try? container.decode(Bool.self)).map { String($0) }
                ?? (try? container.decode(Int.self)).map { String($0) }
        }
    }

    let dir: String
    let docker: Side
    let rancher: Side
}

extension CatalogPair {
    /// What a person would answer who goes through the questions, and has the other variables in the environment.
    static func answered(_ sources: [StackFileSource]) -> StackFileOptions {
        var options = StackFileOptions(readFile: { _ in nil })
        options.release = TemplateRelease(stack: "stack", previousVersion: "", environment: "Default")
        for source in sources {
            for match in source.text.matches(of: #/\$\{?([A-Za-z_][A-Za-z0-9_]*)/#) {
                options.environment[String(match.1)] = plausible(String(match.1))
            }
            for match in source.text.matches(of: #/\.Values\.([A-Za-z_][A-Za-z0-9_]*)/#) {
                options.environment[String(match.1)] = ""
            }
        }
        for question in CatalogReader(sources).catalog?.questions ?? [] {
            options.environment[question.variable] = nil
            guard question.isRequired, question.defaultValue?.isEmpty ?? true else { continue }
            options.answers[question.variable] =
                question.options.first
                ?? ["int": "8080", "boolean": "true"][question.type] ?? plausible(question.variable)
        }
        return options
    }

    private static func plausible(_ variable: String) -> String {
        let name = variable.lowercased()
        if name.contains("port") { return "8080" }
        if ["scale", "count", "num", "size", "ttl", "interval"].contains(where: name.contains) { return "3" }
        return "answer"
    }

    func check(_ result: StackFileResult) {
        for (side, services) in [("docker", docker.services), ("rancher", rancher.services)] {
            for (name, expected) in services ?? [:] {
                guard let spec = result.spec[name] else {
                    // What a template leaves out, the other file may still name.
                    #expect(
                        side == "rancher" && result.warnings.contains { $0.message.contains("\"\(name)\" is in no") },
                        "\(dir): \(name)")
                    continue
                }
                check(spec, expected, result)
            }
        }
        if let services = docker.services, rancher.services != nil {
            let names = Set(services.keys).union(rancher.services?.keys ?? [:].keys)
            #expect(Set(result.spec.services.map(\.name)) == names, "\(dir)")
        }
        if let questions = rancher.questions {
            #expect((result.catalog?.questions ?? []).map(\.variable) == questions, "\(dir)")
        }
    }

    private func check(_ spec: ServiceSpec, _ expected: Service, _ result: StackFileResult) {
        let subject: Comment = "\(dir): \(spec.name)"
        let keys = Set(result.keys.filter { $0.service == spec.name }.map(\.key))
        #expect(keys.isSuperset(of: expected.keys), subject)
        if let image = expected.image {
            #expect(
                image.contains("$") ? spec.image.hasPrefix(image.prefix { $0 != "$" }) : spec.image == image, subject)
        }
        if let labels = expected.labels { #expect(spec.labels.count >= labels, subject) }
        if let sidekicks = expected.sidekicks { #expect(spec.placement?.sidekicks == sidekicks, subject) }
        if expected.global == true { #expect(spec.placement?.isGlobal == true, subject) }
        if let scale = expected.scale.flatMap({ Int($0) }) { #expect(spec.scale == scale, subject) }
        if let first = expected.upgrade_strategy?["start_first"]?.text {
            #expect(spec.startFirst == (first == "true"), subject)
        }
        guard let check = expected.health_check else { return }
        let numbers: [(String, Int?)] = [
            ("port", spec.healthCheck?.port), ("interval", spec.healthCheck?.interval),
            ("response_timeout", spec.healthCheck?.responseTimeout),
            ("healthy_threshold", spec.healthCheck?.healthyThreshold),
            ("unhealthy_threshold", spec.healthCheck?.unhealthyThreshold),
            ("initializing_timeout", spec.healthCheck?.initializingTimeout),
            ("reinitializing_timeout", spec.healthCheck?.reinitializingTimeout),
        ]
        for (key, read) in numbers {
            if let number = check[key]?.text.flatMap({ Int($0) }) { #expect(read == number, "\(subject) \(key)") }
        }
        if let strategy = check["strategy"]?.text, !strategy.isEmpty {
            #expect(spec.healthCheck?.strategy.rawValue == strategy, subject)
        }
        if let line = check["request_line"]?.text, !line.contains("$") {
            // A path alone means a GET of it, which a warning says.
            let words = line.filter { $0 != "\"" }
            #expect(
                spec.healthCheck?.requestLine ?? "" == (words.hasPrefix("/") ? "GET \(words) HTTP/1.0" : words), subject
            )
        }
    }
}
