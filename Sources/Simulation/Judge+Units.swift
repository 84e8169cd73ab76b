import Model
import Stacks

extension Judge.File {
    /// Whether new units run beside those that they replace in what is at work.
    var startsFirst: Bool {
        guard let work = atWork else { return service.startsFirst }
        return service.startsFirst(from: work.previous?.revision, to: work.revision)
    }

    /// Whether each sidekick that a container is to have beside it answers.
    func isWhole(_ vital: Vital, among vitals: [Vital], _ time: Int) -> Bool {
        guard !service.sidekicks.isEmpty else { return true }
        let beside = vitals.filter { $0.slot == vital.slot && $0.sidekick != nil && $0.answers(at: time) }
        return service.versions.keys.contains { revision in
            let unit = service.unit(revision)
            return unit.version == vital.version
                && unit.sidekicks.allSatisfy { name, version in
                    beside.contains { $0.sidekick == name && $0.version == version }
                }
        }
    }
}

extension Judge {
    /// I12: when a rollout has begun and when it has ended: what an upgrade leaves alone goes on, and nobody is left alone.
    mutating func judgeUnits(_ time: Int, _ id: Int64, _ key: ServiceKey, _ vitals: [Vital]) {
        guard let file = files[key], !file.service.sidekicks.isEmpty, let known = file.cases[id] else { return }
        let service = file.service
        if known.state == .rolling, known.staying == nil {
            guard let previous = known.previous, known.beganWhole, previous.revision != known.revision,
                !service.changes.contains(where: \.isForced)
            else { return }
            let kept = service.kept(from: previous.revision, to: known.revision)
            let most = min(previous.scale, known.scale)
            files[key]?.cases[id]?.staying = vitals.filter { vital in
                vital.isRunning && vital.slot <= most && vital.sidekick.map(kept.contains) == true
            }
        }
        // What gave up has left the rest to the look at settled services.
        guard [.done, .rolledBack].contains(known.state), !known.isDisturbed else { return }
        if known.state == .done, !service.isDoubtful(known.revision) {
            for vital in known.staying ?? [] where !vitals.contains(where: { $0.id == vital.id && $0.isRunning }) {
                object(time, "I12", "rollout \(id) of \(key) replaced \(vital.name), which it need not")
            }
        }
        for vital in vitals where vital.sidekick != nil && vital.isRunning && !vital.isBlemished {
            if !vitals.contains(where: { $0.sidekick == nil && $0.slot == vital.slot && $0.isRunning }) {
                object(time, "I12", "rollout \(id) of \(key) left \(vital.name) alone")
            }
        }
    }
}
