import Client
import Delivery
import Foundation
import Glibc
import Model
import Testing

@testable import slipway

/// A step's supervisor killed at a random point, with the server alive and with it dead at the time: the step ends as
/// lost and says so, nothing of it goes on, and it is not run again.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(20)))
struct SupervisorKillTests {
    /// Which supervised step is killed.
    private enum Victim: String, CaseIterable {
        case test, image, script

        var step: String {
            switch self {
            case .test: "long test"
            case .image: "Build the image"
            case .script: "./deploy/deploy.sh"
            }
        }
    }

    /// `victim` is the step that takes long; `mark` is in the arguments of every process that must not outlive it.
    private func files(_ victim: Victim, name: String, mark: String, ledger: String) -> [String: String] {
        func count(_ victims: Victim, _ path: String) -> String {
            "perl \(path)count.pl \(mark) \(victims == victim ? 6000 : 1) 10"
        }
        return [
            "count.pl": """
            $| = 1; $SIG{HUP} = 'IGNORE';
            my ($name, $n, $ms) = @ARGV;
            for (1 .. $n) { print "$name $_\\n"; select undef, undef, undef, $ms / 1000 }

            """,
            "Dockerfile": "FROM debian:12-slim\nCOPY . /app\nRUN \(count(.image, "/app/"))\n",
            "deploy/deploy.sh": """
            #!/bin/bash
            trap '' HUP
            echo "begin $SLIPWAY_DEPLOY_ID" >> '\(ledger)'
            setsid nohup \(count(.script, "")) > /dev/null 2>&1 &
            \(count(.script, ""))
            wait
            echo "end $SLIPWAY_DEPLOY_ID" >> '\(ledger)'

            """,
            "slipway.yml": """
            test:
              image: debian:12-slim
              steps:
                - {name: long test, command: '\(count(.test, ""))'}
            image: {name: \(name)}

            """,
        ]
    }

    @Test func `A killed supervisor's step is lost, says so, and nothing of it goes on`() async throws {
        let seed =
            ProcessInfo.processInfo.environment["SLIPWAY_KILL_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...999_999)
        var random = SplitMix(state: seed)
        print("kill -9 of supervisors; again with SLIPWAY_KILL_SEED=\(seed)")
        try await Installation.run { slipway in
            let ledger = try slipway.shared("ledger")
            let repository = try await slipway.app("web", files: [:])
            for (victim, isServerDead) in Victim.allCases.flatMap({ [($0, false), ($0, true)] }) {
                let point = Int.random(in: 0..<1500, using: &random)
                let what = "\(victim) at \(point) ms\(isServerDead ? ", the server dead" : "")"
                let mark = "\(slipway.name)-\(victim)-\(isServerDead)"
                let sha = try await repository.push(
                    what, files(victim, name: "\(slipway.name)-web", mark: mark, ledger: ledger))
                let owner = try await owner(of: victim, sha, slipway)
                let pid = try await supervisor(of: owner, victim, slipway)
                try await Task.sleep(for: .milliseconds(point))
                if isServerDead { try await slipway.kill9() }
                kill(pid, SIGKILL)
                let begin = ContinuousClock.now
                if isServerDead {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500, using: &random)))
                    try await slipway.start()
                }
                let steps = try await slipway.wait("\(what): the end") { try await ended(owner, slipway) }
                let time = KillJourney.milliseconds(.now - begin)
                print("supervisor killed: \(what): lost after \(time) ms")
                #expect(time <= 60_000, "\(what)")
                let step = try #require(steps.first { $0.name == victim.step }, "\(what)")
                #expect(step.state == .lost, "\(what): \(step.state)")
                #expect(step.reason == "its supervisor died", "\(what)")
                let log = String(
                    decoding: try await slipway.client().bytes("/\(owner)/steps/\(step.index)/log"), as: UTF8.self)
                #expect(log.components(separatedBy: "supervisor of this step was killed").count == 2, "\(what): \(log)")
                // In a container or not: the machine shows it.
                try await slipway.wait("\(what): its processes to be gone") {
                    try await slipway.shell("pgrep -f 'count.p[l] \(mark) 6000' || true").isEmpty
                }
                // The engine may be about to start a build's next container when its client dies: it ends that too.
                try await slipway.wait("\(what): its containers to be gone") {
                    try await slipway.shell("docker ps -a --no-trunc | grep '\(mark)' || true").isEmpty
                }
                try await slipway.waitUntilTidy()
            }
            let runs = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
            #expect(runs == ["begin 1", "begin 2"])
        }
    }

    /// `builds/3` or `deploys/1`: what the victim is a step of.
    private func owner(of victim: Victim, _ sha: SHA, _ slipway: Installation) async throws -> String {
        if victim == .script {
            let build = try await slipway.build(of: "web", sha)
            #expect(build.build.state == .succeeded, "\(build.build.reason ?? "")")
            return "deploys/\(try await slipway.deploy("web", sha).id)"
        }
        let id = try await slipway.wait("the build") { () -> Int64? in
            let view: TargetView = try await slipway.client().get("/targets/web/production")
            return view.commits.first { $0.commit.sha == sha }?.build?.id
        }
        return "builds/\(id)"
    }

    /// The process that supervises the victim, as soon as it has begun.
    private func supervisor(of owner: String, _ victim: Victim, _ slipway: Installation) async throws -> Int32 {
        try await slipway.wait("the supervisor of \(victim)") {
            guard let step = try await steps(of: owner, slipway).first(where: { $0.name == victim.step }) else {
                return nil
            }
            let file = "\(slipway.data.runFolder)/\(owner.replacing("s/", with: "-"))-\(step.index)/pid"
            return (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: " ").first.flatMap {
                Int32($0)
            }
        }
    }

    private func steps(of owner: String, _ slipway: Installation) async throws -> [Step] {
        let path = "/\(owner)"
        if owner.hasPrefix("builds") { return (try await slipway.client().get(path) as BuildView).steps }
        return (try await slipway.client().get(path) as DeployView).steps
    }

    /// The steps of a build or deploy that has failed; nil while it has not ended.
    private func ended(_ owner: String, _ slipway: Installation) async throws -> [Step]? {
        if owner.hasPrefix("builds") {
            let view: BuildView = try await slipway.client().get("/\(owner)")
            guard view.build.state.isFinal else { return nil }
            #expect(view.build.state == .failed)
            return view.steps
        }
        let view: DeployView = try await slipway.client().get("/\(owner)")
        guard view.deploy.state.isFinal else { return nil }
        #expect(view.deploy.state == .failed)
        return view.steps
    }
}
