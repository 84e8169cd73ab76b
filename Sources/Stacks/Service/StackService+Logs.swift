import Engines
import Foundation
public import Model
import Synchronization

extension StackService {
    /// A followed service is looked at for new containers when the engine tells of a change, and at the latest after this.
    private static let lookInterval = Duration.seconds(2)
    /// Lines that a container may write between two looks at its end without one being lost.
    private static let slack = 1000

    /// The last lines of all containers of a service, by their times, each behind its container's mark; with `follow`
    /// also what they write from then on, those that come later included, until the reader goes away. The
    /// environment's secrets are masked. Throws `.notFound` where the service has no container.
    public func logs(
        service: String, stack: String, in environment: Environment, follow: Bool = false, tail: Int
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let reader = ServiceLogReader(
            engine: try engineFor(environment),
            labels: labels(of: environment).merging([Label.stack: stack, Label.service: service]) { $1 },
            masker: Masker(secrets: try await secrets.values(environment)), tail: tail)
        let containers = try await reader.containers()
        guard !containers.isEmpty else {
            throw Failure(
                .notFound, "\(stack)/\(service) has no containers in \(environment.name)",
                hint: "`slipway ps` lists those that there are.")
        }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let (signal, interval, slack) = (signal, Self.lookInterval, Self.slack)
        let task = Task {
            do {
                try await reader.tail(of: containers) { continuation.yield($0) }
                if follow {
                    try await reader.follow(slack: slack, looking: signal, upTo: interval) { continuation.yield($0) }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}

/// Reads what the containers of one service write.
private final class ServiceLogReader: Sendable {
    private let engine: any Engine
    private let labels: [String: String]
    private let masker: Masker
    private let tail: Int
    /// The time of the last line that was written of each container.
    private let latest = Mutex<[String: String]>([:])

    init(engine: any Engine, labels: [String: String], masker: Masker, tail: Int) {
        (self.engine, self.labels, self.masker, self.tail) = (engine, labels, masker, tail)
    }

    /// Those that have run, oldest first.
    func containers() async throws -> [ObservedContainer] {
        try await engine.containers(labels: labels).filter { $0.startedAt != nil }
            .sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
    }

    /// Writes the last lines of all.
    func tail(of containers: [ObservedContainer], _ write: ([UInt8]) -> Void) async throws {
        let read = try await withThrowingTaskGroup(of: (ObservedContainer, [OutputLine]).self) { group in
            for container in containers {
                group.addTask { (container, try await self.lines(of: container)) }
            }
            var read: [(ObservedContainer, [OutputLine])] = []
            for try await one in group { read.append(one) }
            return read
        }
        let kinds = Set(containers.map { $0.labels[Label.rollout] }).count
        let output = merged(read.map { (mark(of: $0.0, amongKinds: kinds), $0.1) }, tail: tail)
        if !output.isEmpty { write(output) }
        latest.withLock { latest in
            for (container, lines) in read { latest[container.id] = lines.last?.stamp ?? "" }
        }
    }

    /// Writes what comes after that, of containers that come later from the beginning, until it is cancelled.
    func follow(
        slack: Int, looking signal: Signal, upTo interval: Duration,
        _ write: @escaping @Sendable ([UInt8]) -> Void
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var followed: Set<String> = []
            while !Task.isCancelled {
                let version = signal.version
                // An engine that is restarted is asked again.
                let containers = (try? await containers()) ?? []
                let kinds = Set(containers.map { $0.labels[Label.rollout] }).count
                for container in containers
                where container.state == .running && followed.insert(run(of: container)).inserted {
                    let mark = mark(of: container, amongKinds: kinds)
                    group.addTask { try? await self.follow(container, mark, slack: slack, write) }
                }
                await signal.wait(after: version, upTo: interval)
            }
        }
    }

    private func follow(
        _ container: ObservedContainer, _ mark: ContainerMark, slack: Int, _ write: ([UInt8]) -> Void
    ) async throws {
        let last = latest.withLock { $0[container.id] }
        var lines = OutputLines()
        let output = try await engine.logs(
            container.id, follow: true, tail: last.map { _ in slack }, timestamps: true)
        func tell(_ found: [OutputLine]) {
            let fresh = found.filter { $0.stamp > last ?? "" }
            guard let newest = fresh.last else { return }
            write(fresh.flatMap { $0.written(by: mark) })
            latest.withLock { $0[container.id] = newest.stamp }
        }
        for try await chunk in output.masked(by: masker) { tell(lines.add(chunk)) }
        tell(lines.finish())
    }

    private func lines(of container: ObservedContainer) async throws -> [OutputLine] {
        var lines = OutputLines()
        var read: [OutputLine] = []
        let output = try await engine.logs(container.id, follow: false, tail: tail, timestamps: true)
        for try await chunk in output.masked(by: masker) { read += lines.add(chunk) }
        return read + lines.finish()
    }

    /// A container that starts again is followed again.
    private func run(of container: ObservedContainer) -> String {
        "\(container.id) \(container.startedAt?.timeIntervalSince1970 ?? 0)"
    }

    private func mark(of container: ObservedContainer, amongKinds kinds: Int) -> ContainerMark {
        ContainerMark(
            slot: container.slot ?? 0,
            generation: kinds > 1 ? container.labels[Label.rollout].flatMap { Int64($0) } : nil)
    }
}
