import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Names between services on a real Docker Engine.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct NamesEngineTests {
    let real = RealEngineTests()

    @Test func `Names are found across stacks, whoever comes first`() async throws {
        try await real.withHarbour { harbour in
            let other = "\(real.stack)b"
            var caller = ServiceSpec(name: "caller", image: "debian:12-slim")
            let names = ["db", "database", "site.\(other)", "news", "store"]
            caller.command = [
                "sh", "-c",
                "while true; do echo \(names.map { "\($0)=$(getent hosts \($0) | cut -d' ' -f1)" }.joined(separator: ",")); "
                    + "sleep 0.2; done",
            ]
            caller.links = ["db:database"]
            caller.externalLinks = ["\(other)/site:news"]
            caller.stopGracePeriod = 1
            var alias = ServiceSpec(name: "store", image: "rancher/dns-service")
            alias.links = ["db"]
            var target = ServiceSpec(name: "db", image: "debian:12-slim", command: ["sleep", "600"])
            target.stopGracePeriod = 1
            for specs in [[caller, alias], [target]] {
                for outcome in try await harbour.up(specs, stack: real.stack, options: real.options) {
                    #expect(try await harbour.settled(outcome.rolloutID).state == .done)
                }
            }
            target.name = "site"
            let outcome = try await harbour.up([target], stack: other, options: real.options).first
            #expect(try await harbour.settled(outcome?.rolloutID).state == .done)
            let (db, site) = (try await harbour.containers("db"), try await harbour.containers("site"))
            let id = try #require(try await harbour.containers("caller").first?.id)
            var found: [String: String] = [:]
            let deadline = ContinuousClock.now + .seconds(30)
            while found.values.filter({ !$0.isEmpty }).count < names.count, .now < deadline {
                var text = ""
                for try await chunk in try await harbour.engine.logs(id, follow: false, tail: 1, timestamps: false) {
                    text += String(decoding: chunk, as: UTF8.self)
                }
                for part in text.split(whereSeparator: { $0 == "," || $0.isNewline }) {
                    let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
                    if sides.count == 2 { found[sides[0]] = sides[1] }
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(
                found["db"] == db.first?.address && found["database"] == found["db"] && found["store"] == found["db"])
            // In the shared network it has another address than in its own.
            #expect(found["news"]?.isEmpty == false)
            #expect(found["news"] == found["site.\(other)"] && found["news"] != site.first?.address)
            for outcome in try await harbour.up([], stack: other, prune: true, options: real.options) {
                #expect(try await harbour.settled(outcome.rolloutID).state == .done)
            }
        }
    }
}
