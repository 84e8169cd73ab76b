import Model
import Testing

@testable import StackFile

@Suite struct FuzzTests {
    private static let seeds = [
        StackFilesTests.article,
        "version: '2'\nservices:\n  web: &w\n    image: \"a:${B:-c}\"\n    ports: ['80:80', {target: 1}]\n  x:\n    <<: *w\n    env_file: e\n",
        "web:\n  scale: 2\n  health_check: {port: 80, request_line: 'GET / HTTP/1.0', interval: 2000}\n  upgrade_strategy: {start_first: true}\n",
        "a: {image: x, command: 'a \"b', volumes: ['/a:/b:ro', c], mem_limit: 5g, labels: [a=b], extra_hosts: [a:b]}\n",
    ]

    /// Whatever is done to a file, it is read or refused with findings; it never brings the process down.
    @Test func mutatedFilesNeverCrash() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "\t", "\n", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *w", "${", "$", "\"", "'", "|", "!!binary ",
            "---\n", "\u{0}", "é", "%", "? ", "~", "#",
        ]
        let clock = ContinuousClock()
        let end = clock.now + .seconds(2)
        while clock.now < end {
            var characters = Array(Self.seeds.randomElement(using: &random) ?? "")
            for _ in 0..<Int.random(in: 1...6, using: &random) where !characters.isEmpty {
                let at = Int.random(in: 0..<characters.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: characters.remove(at: at)
                case 1: characters.insert(contentsOf: pieces.randomElement(using: &random) ?? "", at: at)
                case 2: characters.swapAt(at, Int.random(in: 0..<characters.count, using: &random))
                default: characters.removeLast(characters.count - at)
                }
            }
            let text = String(characters)
            let sources = [
                StackFileSource(name: "a.yml", text: text), StackFileSource(name: "rancher.yml", text: Self.seeds[2]),
            ]
            do {
                _ = try StackFiles.load(sources, .init(environment: ["REVISION": "1"], readFile: { _ in text }))
            } catch {
                #expect(error.findings.contains { $0.severity == .error }, "\(text)")
            }
            _ = StackFiles.imageRepository(inCompose: text)
            _ = try? Dotenv.parse(text)
        }
    }
}
