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
    @Option(help: "Begin no more seeds after so many minutes.") var minutes: Double?
    @Option(name: .customLong("break"), help: "Break the loop in a way that the simulation should see.")
    var broken: String?
    @Option(help: "How many are played at the same time.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    /// How many seeds a line of progress stands for where there is no terminal.
    private static let stride = 10_000

    private var mutation: Mutation? { broken.flatMap(Mutation.init(rawValue:)) }

    func validate() throws {
        guard let broken, mutation == nil else { return }
        let names = Mutation.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no way \(broken) to break it; there are: \(names)")
    }

    func run() async throws {
        if let seed { return try await replay(seed) }
        let start = ContinuousClock.now
        var tally = Tally()
        let isTerminal = isatty(2) != 0
        let limit = minutes.map { start + .seconds($0 * 60) }
        let last = from + seeds
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            var next = from
            func add() {
                guard next < last, limit.map({ .now < $0 }) ?? true else { return }
                let chunk = next..<min(next + 10, last)
                next = chunk.upperBound
                group.addTask { [mutation] in try await Self.play(chunk, mutation) }
            }
            for _ in 0..<max(1, jobs) { add() }
            for try await outcomes in group {
                add()
                for outcome in outcomes {
                    tally.add(outcome)
                    if let first = outcome.violations.first { Self.report(outcome.seed, first) }
                }
                let sight = "\(tally.seeds) of \(seeds)"
                if isTerminal {
                    FileHandle.standardError.write(Data("\r\(sight)".utf8))
                } else if tally.seeds / Self.stride > (tally.seeds - outcomes.count) / Self.stride {
                    // What is broken off after an hour has said how far it came.
                    FileHandle.standardError.write(Data("\(sight) seeds, \(tally.violations) violations\n".utf8))
                }
            }
        }
        if isTerminal { FileHandle.standardError.write(Data("\r".utf8)) }
        let time = start.duration(to: .now).components
        for line in tally.lines(seconds: Double(time.seconds) + Double(time.attoseconds) / 1e18) { print(line) }
        if tally.violations > 0 { throw ExitCode(1) }
    }

    @concurrent private static func play(
        _ seeds: Range<Int>, _ mutation: Mutation?
    ) async throws -> [Outcome] {
        let stage = try Stage()
        var outcomes: [Outcome] = []
        for seed in seeds {
            outcomes.append(
                try await Run.play(Scenario(seed: seed), on: stage, broken: mutation))
        }
        return outcomes
    }

    /// At once, so that a run that is broken off has said what it found.
    private static func report(_ seed: Int, _ violation: Violation) {
        FileHandle.standardOutput.write(Data("seed \(seed): \(violation)\n  make simulate SEED=\(seed)\n".utf8))
    }

    private func replay(_ seed: Int) async throws {
        let scenario = Scenario(seed: seed)
        print(scenario)
        let outcome = try await Run.play(scenario, isTraced: true, broken: mutation)
        for line in outcome.trace.lines { print(line) }
        for violation in outcome.violations { print(violation) }
        print("trace \(String(outcome.trace.hash, radix: 16)), \(outcome.violations.count) violations")
        if !outcome.violations.isEmpty { throw ExitCode(1) }
    }
}
