import Foundation
import Model

/// Probes containers for as long as they are watched, and keeps what came of it.
actor HealthProber: HealthProbing {
    private struct Watch {
        var subject: HealthSubject
        var record: HealthRecord
        var work: Task<Void, Never>
    }

    private let onChange: @Sendable () -> Void
    private var watches: [ServiceKey: [String: Watch]] = [:]

    /// - Parameter onChange: called when a container's verdict changes.
    init(onChange: @escaping @Sendable () -> Void) {
        self.onChange = onChange
    }

    /// Watches exactly these containers of a service from now on.
    func watch(_ subjects: [HealthSubject], of key: ServiceKey) {
        var kept: [String: Watch] = [:]
        let before = watches[key] ?? [:]
        for subject in subjects {
            if let watch = before[subject.containerID], watch.subject == subject {
                kept[subject.containerID] = watch
            } else {
                let work = Task { [weak self] in await Self.probe(subject, of: key, for: self) }
                let record = before[subject.containerID]?.record.restarted(at: Date())
                kept[subject.containerID] = Watch(
                    subject: subject, record: record ?? HealthRecord(since: Date()), work: work)
            }
        }
        for (id, watch) in before where kept[id]?.work != watch.work { watch.work.cancel() }
        watches[key] = kept.isEmpty ? nil : kept
    }

    /// What is known of the containers of a service, by container id; nothing of one that was not probed yet.
    func records(of key: ServiceKey) -> [String: HealthRecord] {
        (watches[key] ?? [:]).compactMapValues { $0.record.last == nil ? nil : $0.record }
    }

    /// Ends all probing.
    func stop() {
        for watch in watches.values.flatMap(\.values) { watch.work.cancel() }
        watches = [:]
    }

    private nonisolated static func probe(_ subject: HealthSubject, of key: ServiceKey, for prober: HealthProber?) async
    {
        let probe = HealthProbe(address: subject.address, check: subject.check)
        while !Task.isCancelled {
            let result = await probe.run()
            guard !Task.isCancelled, let next = await prober?.add(result, to: subject, of: key) else { return }
            try? await Task.sleep(for: next)
        }
    }

    /// Adds a result; returns the time to the next probe, nil when the container isn't watched any more. A container
    /// that is starting is looked at more often, so that a fast start isn't slowed down by a long interval.
    private func add(_ result: ProbeResult, to subject: HealthSubject, of key: ServiceKey) -> Duration? {
        guard var watch = watches[key]?[subject.containerID], watch.subject == subject else { return nil }
        let verdict = watch.record.verdict
        watch.record = watch.record.adding(result, check: subject.check)
        watches[key]?[subject.containerID] = watch
        if watch.record.verdict != verdict { onChange() }
        let interval = max(50, subject.check.interval)
        let isStarting = watch.record.verdict == .initializing && !result.passed
        // Most are ready in a moment; one that takes its time isn't asked that often.
        let isYoung = subject.startedAt.map { Date().timeIntervalSince($0) < 10 } ?? false
        return .milliseconds(isStarting ? min(interval, isYoung ? 100 : 500) : interval)
    }
}
