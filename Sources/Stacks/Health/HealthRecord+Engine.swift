import Engines
import Model

extension HealthRecord {
    /// What a check that the engine runs in the container came to, as if we had probed it; nil where it runs none.
    init?(engineSaysOf container: ObservedContainer) {
        guard let health = container.health, container.state == .running else { return nil }
        self.init(since: container.startedAt ?? container.createdAt)
        switch health.status {
        case .starting: verdict = .initializing
        case .healthy: verdict = .healthy
        case .unhealthy: verdict = .unhealthy
        }
        failures = health.failures
        successes = health.status == .healthy && failures == 0 ? 1 : 0
        guard let at = health.at, let status = health.exitStatus else { return }
        let line = health.output?.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(200))" } ?? ""
        last = ProbeResult(at: at, passed: status == 0, text: "its check ended with status \(status)\(line)")
    }
}

extension ServiceSpec {
    /// Whether the engine's own check of a container says whether it is fit: there is one in the file, and no
    /// `health_check`, which asks from outside.
    var isCheckedInside: Bool {
        guard healthCheck == nil, let probe, !probe.isDisabled else { return false }
        return probe.test.first.map { $0 != "NONE" } ?? false
    }

    /// What its containers are held to; nil where they must only run.
    var gate: HealthCheck? {
        guard isCheckedInside, let probe else { return healthCheck }
        // The engine itself gives one up as unhealthy; the limit is for an engine that has ceased to ask.
        let tries = (probe.retries ?? 3) * ((probe.interval ?? 30_000) + (probe.timeout ?? 30_000))
        return HealthCheck(
            port: 0, interval: probe.interval ?? 30_000, responseTimeout: probe.timeout ?? 30_000,
            initializingTimeout: (probe.startPeriod ?? 0) + 2 * tries + 60_000)
    }
}
