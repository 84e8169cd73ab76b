import Model
import Testing

@testable import Pipeline

@Suite struct ConfigurationFuzzTests {
    /// Whatever is cut out of a file or put into it, it is read with findings; it never brings the process down.
    @Test func mutatedFilesNeverCrash() {
        let seed = """
            test:
              services: [{image: "postgres:15", environment: {A: b}}]
              steps: [a, {run: {command: b, when: always, no_output_timeout: 5m}}]
            image: {name: acme/orders}
            deploy: {override: [./x.sh, "y": {timeout: 1h}]}
            rollout: {settle: 10s}
            """
        let pieces = [
            "\t", "\n", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *a", "\"", "|", "---\n", "\u{0}", "? ", "-1",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<400 {
            var characters = Array(seed)
            for _ in 0..<Int.random(in: 1...5, using: &random) where !characters.isEmpty {
                let at = Int.random(in: 0..<characters.count, using: &random)
                let end = min(characters.count, at + Int.random(in: 0...8, using: &random))
                characters.replaceSubrange(at..<end, with: Array(pieces.randomElement(using: &random) ?? ""))
            }
            let text = String(characters)
            let files = RepositoryFiles(text: { $0 == "slipway.yml" || $0 == "compose.yaml" ? text : nil })
            for finding in RepositoryCheck.run(files).findings { #expect(!finding.message.isEmpty) }
        }
    }
}
