import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// The ends of a rollout that doesn't get healthy, with requests through the edge (ACCEPTANCE R19, R20).
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct RolloutEndTests {
    @Test
    func `What never gets healthy is taken back by itself, cancelled or left stopped, and the old revision serves`()
        async throws
    {
        try await Installation.run { slipway in
            let port = slipway.port + 1000
            func files(_ text: String, _ rollout: String = "settle: 1s") -> [String: String] {
                WebSample(text: text, port: port, rollout: rollout).files
            }
            // Nothing to go back to: failed, the new containers stopped and kept with their logs.
            let repository = try await slipway.web(files("broken zero", "deadline: 20s"))
            let zero = try await slipway.built(repository, "Zero")
            var view = try await slipway.end(of: try await slipway.deploy("web", zero))
            #expect(view.deploy.state == .failed, "\(view.deploy.reason ?? "")")
            #expect(view.rollouts.map(\.state) == [.failed], "\(view.rollouts)")
            let left = try await slipway.shell(
                "docker ps -a --filter label=dev.slipway.environment=\(slipway.name) --format '{{.State}}'")
            #expect(Set(left.split(separator: "\n")) == ["exited"], "\(left)")

            let first = try await slipway.built(repository, "One", files("one"))
            #expect(try await slipway.end(of: try await slipway.deploy("web", first)).deploy.state == .succeeded)
            let requests = try await SteadyRequests(slipway, port: port)

            // Dies at once, and never answers: both go back, the second by its deadline.
            let dead = try await slipway.built(repository, "Dead", files("broken"))
            view = try await slipway.end(of: try await slipway.deploy("web", dead))
            #expect(view.deploy.state == .rolledBack, "\(view.deploy.reason ?? "")")
            var mute = WebSample(text: "mute", port: port, rollout: "deadline: 6s")
            mute.before = "sleep 1000;"
            mute.keys = ["stop_signal: SIGKILL"]
            let silent = try await slipway.built(repository, "Mute", mute.files)
            let deploy = try await slipway.deploy("web", silent)
            view = try await slipway.end(of: deploy)
            #expect(view.deploy.state == .rolledBack, "\(view.deploy.reason ?? "")")
            #expect(view.deploy.reason?.contains("not done after 6 s") == true, "\(view.deploy.reason ?? "")")
            let page = try await slipway.page("/deploys/\(deploy.id)")
            #expect(page.contains("not done after 6 s"))

            // Cancelled in mid-batch.
            mute.rollout = "deadline: 60s"
            let again = try await slipway.built(repository, "Mute again", mute.files)
            let cancelled = try await slipway.deploy("web", again)
            let id = try await slipway.wait("the rollout to start a container") { () -> Int64? in
                let rollout = try await slipway.deployView(cancelled.id).rollouts.first
                return rollout?.log.contains { $0.text.hasPrefix("started") } == true ? rollout?.id : nil
            }
            let _: Rollout = try await slipway.client().post("/rollouts/\(id)/cancel")
            view = try await slipway.end(of: cancelled)
            #expect(view.rollouts.map(\.state) == [.cancelled] && view.deploy.state == .failed)

            #expect(try await slipway.containers("shop", "web").map(\.revision) == [first, first])
            let sums = try await requests.sums()
            #expect(sums.keys.sorted() == ["one"], "\(sums)")
        }
    }

    @Test func `Where going back fails too, the edge stays on what is healthy, and the page says what to do`()
        async throws
    {
        try await Installation.run { slipway in
            let port = slipway.port + 1000
            // Both revisions need a file that is gone when the second one comes; a bind mount means stop-first.
            let flag = "\(slipway.folder)/flag"
            try FileManager.default.createDirectory(atPath: flag, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(filePath: "\(flag)/there"))
            var sample = WebSample(text: "one", port: port, rollout: "deadline: 40s")
            sample.before = "exit 9 unless -e '/flag/there';"
            sample.keys = ["volumes: ['\(flag):/flag']"]
            let repository = try await slipway.web(sample.files)
            let first = try await slipway.built(repository, "One")
            let good = try await slipway.end(of: try await slipway.deploy("web", first))
            #expect(good.deploy.state == .succeeded, "\(good.deploy.reason ?? "")")

            try FileManager.default.removeItem(atPath: "\(flag)/there")
            sample.text = "two"
            let second = try await slipway.built(repository, "Two", sample.files)
            let view = try await slipway.end(of: try await slipway.deploy("web", second))
            #expect(view.deploy.state == .failed, "\(view.deploy.reason ?? "")")
            #expect(view.rollouts.map(\.state) == [.rollbackFailed], "\(view.rollouts)")
            #expect(view.deploy.reason?.contains("going back failed") == true, "\(view.deploy.reason ?? "")")
            let page = try await slipway.page("/deploys/\(view.deploy.id)")
            #expect(page.contains("mend what both revisions need"), "\(page)")
            // The second container was never touched, and goes on serving.
            for _ in 1...10 {
                #expect(try await slipway.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "one")
            }

            try Data("x".utf8).write(to: URL(filePath: "\(flag)/there"))
            let mended = try await slipway.end(of: try await slipway.deploy("web", second))
            #expect(mended.deploy.state == .succeeded, "\(mended.deploy.reason ?? "")")
            #expect(try await slipway.containers("shop", "web").map(\.revision) == [second, second])
            #expect(try await slipway.shell("curl -s --max-time 5 http://127.0.0.1:\(port)/") == "two")
        }
    }
}
