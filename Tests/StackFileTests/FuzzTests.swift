import Foundation
import Model
import Testing

@testable import StackFile

/// Whatever is done to files, they are read or refused with findings, soon; nothing brings the process down.
///
/// `SLIPWAY_FUZZ_SECONDS` says how long it goes on (2 by itself), `SLIPWAY_FUZZ_SEED` with what it begins. A case is its
/// seed: the one that a failure names comes first with `SLIPWAY_FUZZ_SEED` set to it.
@Suite struct FuzzTests {
    private static let fixtures = [
        StackFilesTests.article,
        """
        version: '2'
        services:
          web: &w
            image: "a:${B:-c}"
            ports: ['80:80', {target: 1}]
            volumes_from: [x]
          x:
            <<: *w
            env_file: e
            extends: {file: f.yml, service: web}
        volumes: {a: {driver: nfs}}
        """,
        """
        .catalog:
          questions:
          - {variable: B, type: int, default: 1, min: 0}
        web:
          scale: 2
          health_check: {port: 80, request_line: 'GET / HTTP/1.0', interval: 2000}
          upgrade_strategy: {start_first: true}
          lb_config: {port_rules: [{source_port: 80, service: x}]}
        """,
        """
        a: {image: x, command: 'a "b', volumes: ['/a:/b:ro', c], mem_limit: 5g, labels: [a=b], extra_hosts: [a:b]}
        """,
        """
        {{- $image := "a:1"}}
        web:
          image: {{$image}}
          {{- range $i, $e := atoi .Values.N | until}}
          user: u{{$i}}
          {{- end}}
          {{- if and (eq .Values.A "x") (ne .Values.B "")}}
          tty: true
          {{- else}}
          ports: ["{{printf "%.1s" .Values.A}}:80"]
          {{- end}}
        """,
        """
        include: [f.yml]
        services:
          a:
            image: x
            deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 64m}}, update_config: {order: start-first}}
            healthcheck: {test: [CMD, a], interval: 5s}
            networks: {front: {aliases: [b]}}
            depends_on: {b: {condition: service_healthy}}
            ulimits: {nofile: {soft: 1, hard: 2}}
            ports: !override ['1-3:1-3']
          b: {image: y, profiles: [p], environment: [A, B=$C], secrets: [{source: S, mode: 0400}]}
        networks: {front: {ipam: {config: [{subnet: 10.0.0.0/8}]}}}
        """,
    ]

    private static let pieces = [
        "\t", "\n", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *w", "${", "$", "\"", "'", "|", "!!binary ",
        "---\n", "\u{0}", "é", "%", "? ", "~", "#", "{{", "}}", "{{- if ", "{{end}}", "{{range until 9}}", "(",
        "| printf",
        "$x := ", ".Values.A", "!reset ", "extends: web\n", "99999999999999999999", "-", ":", "\r\n", "👍",
    ]

    @Test func mutatedFilesNeverCrash() throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["SLIPWAY_FUZZ_SECONDS"].flatMap { Double($0) } ?? 2
        let first = environment["SLIPWAY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        var seed = first
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        repeat {
            let took = clock.measure { read(seed) }
            #expect(took < .seconds(20), "seed \(seed) took \(took)")
            seed &+= 1
        } while clock.now < end
        if environment["SLIPWAY_FUZZ_SECONDS"] != nil {
            print("\(seed &- first) cases of stack files from seed \(first)")
        }
    }

    /// The texts of one case go through everything that reads texts.
    private func read(_ seed: UInt64) {
        var random = SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15)
        let text = mutated(&random)
        let other = Self.fixtures.randomElement(using: &random) ?? ""
        let sources = [StackFileSource(name: "a.yml", text: text), StackFileSource(name: "rancher.yml", text: other)]
        var options = StackFileOptions(
            environment: ["REVISION": "1", "A": "x", "B": "", "N": "3"], allowUnset: seed % 2 == 0,
            readFile: { $0.hasSuffix(".yml") ? text : "A=1" })
        options.answers = ["B": text.count % 3 == 0 ? "1" : "b"]
        do {
            _ = try StackFiles.load(sources, options)
        } catch {
            #expect(error.findings.contains { $0.severity == .error }, "seed \(seed): \(text)")
        }
        _ = StackFiles.imageRepository(inCompose: text)
        _ = try? Dotenv.parse(text)
        _ = try? Answers.parse(text, file: "a.yml")
        _ = Template.variables(in: text)
    }

    private func mutated(_ random: inout SplitMix) -> String {
        var characters = Array(Self.fixtures.randomElement(using: &random) ?? "")
        for _ in 0..<Int.random(in: 1...6, using: &random) where !characters.isEmpty {
            let at = Int.random(in: 0..<characters.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: characters.remove(at: at)
            case 1, 2: characters.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? "", at: at)
            case 3: characters.swapAt(at, Int.random(in: 0..<characters.count, using: &random))
            case 4: characters = moved(characters, &random)
            case 5:
                let other = Array(Self.fixtures.randomElement(using: &random) ?? "")
                characters.replaceSubrange(at..., with: other.suffix(Int.random(in: 0...other.count, using: &random)))
            default: characters.removeLast(characters.count - at)
            }
        }
        return String(characters)
    }

    /// A line goes to another place, or stands twice.
    private func moved(_ characters: [Character], _ random: inout SplitMix) -> [Character] {
        var lines = characters.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines[Int.random(in: 0..<lines.count, using: &random)]
        if Bool.random(using: &random) { lines.remove(at: Int.random(in: 0..<lines.count, using: &random)) }
        lines.insert(line, at: Int.random(in: 0...lines.count, using: &random))
        return Array(lines.joined(separator: "\n"))
    }
}

/// The same numbers from the same seed, on every machine.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
