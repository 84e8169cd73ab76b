import Engines
import Foundation
import Logging
import Model
import Store
import Synchronization
import Testing

@testable import Stacks

/// An engine that takes its time to answer costs nobody his.
@Suite(.timeLimit(.minutes(1))) struct SlowLookTests {
    /// A clock that is set by hand.
    final class Clock: Sendable {
        private let moment = Mutex(Date(timeIntervalSince1970: 1_700_000_000))
        var now: Date { moment.withLock { $0 } }
        func pass(_ seconds: Double) { moment.withLock { $0 += seconds } }
    }

    /// Says that a container is healthy two seconds after it was first watched.
    actor Prober: HealthProbing {
        private let clock: Clock
        private var since: [String: Date] = [:]

        init(_ clock: Clock) { self.clock = clock }

        func watch(_ subjects: [HealthSubject], of key: ServiceKey) {
            for subject in subjects where since[subject.containerID] == nil {
                since[subject.containerID] = clock.now
            }
        }

        func records(of key: ServiceKey) -> [String: HealthRecord] {
            since.mapValues { since in
                let isHealthy = clock.now.timeIntervalSince(since) >= 2
                return HealthRecord(since: since, verdict: isHealthy ? .healthy : .initializing)
            }
        }

        func stop() {}
    }

    @Test func theTimeToGetHealthyDoesNotRunOutWhileTheEngineAnswers() async throws {
        let clock = Clock()
        let engine = SimulatedEngine(images: ["acme/orders:1"])
        let store = try Store(path: nil, migrations: StackService.migrations)
        let service = StackService(
            store: store, engineFor: { _ in engine }, instance: "test", logger: Logger(label: "test"),
            surroundings: Surroundings(now: { clock.now }, edge: nil, prober: { _ in Prober(clock) }))
        let environment = try await service.addEnvironment(name: "production", socket: "/nowhere.sock")
        let key = ServiceKey(environmentID: environment.id, stack: "shop", service: "orders")
        var spec = ServiceSpec(name: "orders", image: "acme/orders:1", scale: 1)
        spec.healthCheck = HealthCheck(port: 80, initializingTimeout: 15_000)
        _ = try await service.up(
            UpRequest(stack: "shop", spec: StackSpec(services: [spec]), upgrade: true), in: environment,
            pin: { _ in nil })
        // Whatever is asked of the images once the container runs takes a minute.
        let isUp = Mutex(false)
        await engine.setHook(before: { call in
            if call.verb == .start { isUp.withLock { $0 = true } }
            if call.verb == .image, isUp.withLock({ $0 }) { clock.pass(60) }
        })
        for _ in 0..<50 {
            if try await service.turn(of: key) == .rests { break }
            clock.pass(0.2)
        }
        let states = try await service.stacks(in: environment).flatMap(\.services).map(\.containers.count)
        #expect(states == [1])
        let rollouts = try await service.rollouts(environment: environment)
        #expect(rollouts.map(\.state) == [.done], "\(rollouts.map { $0.reason ?? "" })")
    }
}
