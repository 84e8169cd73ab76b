import ArgumentParser
import Foundation
import Simulation

/// Plays rollouts in a world of its own, with everything going wrong, and says what must never have been.
@main struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Play rollouts with everything going wrong, a seed each.")

    @Option(help: "How many seeds.") var seeds = 2000
    @Option(help: "The first seed.") var from = 1
    @Option(help: "Only this seed, with all that happens in it.") var seed: Int?
    @Option(help: "How many are played at the same time.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func run() async throws {
        if let seed { return try await replay(seed) }
        let start = ContinuousClock.now
        var tally = Tally()
        let isTerminal = isatty(2) != 0
        let last = from + seeds
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            var next = from
            func add() {
                guard next < last else { return }
                let chunk = next..<min(next + 25, last)
                next = chunk.upperBound
                group.addTask { try await Self.play(chunk) }
            }
            for _ in 0..<max(1, jobs) { add() }
            for try await outcomes in group {
                add()
                for outcome in outcomes { tally.add(outcome) }
                if isTerminal { FileHandle.standardError.write(Data("\r\(tally.seeds) of \(seeds)".utf8)) }
            }
        }
        if isTerminal { FileHandle.standardError.write(Data("\r".utf8)) }
        let time = start.duration(to: .now).components
        for line in tally.lines(seconds: Double(time.seconds) + Double(time.attoseconds) / 1e18) { print(line) }
        for (seed, violation) in tally.failed.sorted(by: { $0.seed < $1.seed }).prefix(20) {
            print("  seed \(seed): \(violation)\n    make simulate SEED=\(seed)")
        }
        if tally.violations > 0 { throw ExitCode(1) }
    }

    @concurrent private static func play(_ seeds: Range<Int>) async throws -> [Outcome] {
        let stage = try Stage()
        var outcomes: [Outcome] = []
        for seed in seeds { outcomes.append(try await Run.play(Scenario(seed: seed), on: stage)) }
        return outcomes
    }

    private func replay(_ seed: Int) async throws {
        let scenario = Scenario(seed: seed)
        print(scenario)
        let outcome = try await Run.play(scenario, isTraced: true)
        for line in outcome.trace.lines { print(line) }
        for violation in outcome.violations { print(violation) }
        print("trace \(String(outcome.trace.hash, radix: 16)), \(outcome.violations.count) violations")
        if !outcome.violations.isEmpty { throw ExitCode(1) }
    }
}
