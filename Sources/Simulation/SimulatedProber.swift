import Model
import Stacks

/// Probes in simulated time: what the real prober would have found so far is worked out whenever someone asks.
struct SimulatedProber: Sendable {
    private struct Watch {
        var subject: HealthSubject
        var record: HealthRecord
        var nextProbe: Int
    }

    private var watches: [ServiceKey: [String: Watch]] = [:]

    /// Watches exactly these from now on; a new one is probed at once, which takes a moment.
    mutating func watch(_ subjects: [HealthSubject], of key: ServiceKey, at now: Int) {
        let before = watches[key] ?? [:]
        var kept: [String: Watch] = [:]
        for subject in subjects {
            if let watch = before[subject.containerID], watch.subject == subject {
                kept[subject.containerID] = watch
            } else {
                let date = WorldClock.date(now)
                let record = before[subject.containerID]?.record.restarted(at: date) ?? HealthRecord(since: date)
                kept[subject.containerID] = Watch(subject: subject, record: record, nextProbe: now + 3)
            }
        }
        watches[key] = kept
    }

    /// What is known, by container id.
    func records(of key: ServiceKey) -> [String: HealthRecord] {
        (watches[key] ?? [:]).compactMapValues { $0.record.last == nil ? nil : $0.record }
    }

    /// Does all probes up to `now`.
    mutating func advance(to now: Int, _ answers: (HealthSubject, Int) -> Bool) {
        for (key, group) in watches {
            for (id, watch) in group where watch.nextProbe <= now {
                var watch = watch
                while watch.nextProbe <= now { Self.probe(&watch, answers) }
                watches[key]?[id] = watch
            }
        }
    }

    /// When a verdict changes, or a first result comes, if nothing else happens; nil when not within a minute.
    func nextChange(after now: Int, of key: ServiceKey, _ answers: (HealthSubject, Int) -> Bool) -> Int? {
        var earliest: Int?
        for watch in (watches[key] ?? [:]).values {
            var watch = watch
            let before = watch.record
            while watch.nextProbe <= min(now + 60_000, earliest ?? .max) {
                let time = watch.nextProbe
                Self.probe(&watch, answers)
                guard watch.record.verdict == before.verdict, before.last != nil else {
                    earliest = time
                    break
                }
            }
        }
        return earliest
    }

    private static func probe(_ watch: inout Watch, _ answers: (HealthSubject, Int) -> Bool) {
        let (check, time) = (watch.subject.check, watch.nextProbe)
        let passed = answers(watch.subject, time)
        let result = ProbeResult(at: WorldClock.date(time), passed: passed, text: passed ? "answers" : "no answer")
        watch.record = watch.record.adding(result, check: check)
        let interval = max(50, check.interval)
        let isStarting = watch.record.verdict == .initializing && !passed
        watch.nextProbe = time + (isStarting ? min(interval, 500) : interval)
    }
}
