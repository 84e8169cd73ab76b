import Foundation
import Glibc

/// What is done about a run whose supervisor was killed: its processes are ended, its log says what happened, and its
/// outcome is `lost`. Nothing is run again. May itself be killed at any point and begun anew.
struct Burial {
    let folder: RunFolder
    /// Nil where the spec is gone.
    let command: SupervisedCommand?

    init(folder: RunFolder) {
        self.folder = folder
        command = try? folder.readSpec()
    }

    func run() -> SupervisedOutcome {
        let count = endProcesses()
        if let command {
            note(
                "the supervisor of this step was killed"
                    + (count > 0 ? ", and what was left of it (\(count) of its processes) has been ended" : "")
                    + ": how far it came is unknown, and it is not run again", in: command)
        }
        return SupervisedOutcome(reason: .lost)
    }

    /// Kills what carries the run's mark, the session of the command while its leader lives, and all descendants.
    /// Returns how many there were.
    private func endProcesses() -> Int {
        var ended: Set<ProcessIdentity> = []
        for _ in 0..<20 {
            var members = SessionMembers(marked: folder.mark)
            if let leader = folder.leader, leader.isAlive { members.add(session: leader.pid) }
            let current = members.current()
            if current.isEmpty { break }
            ended.formUnion(current)
            for member in current { member.send(SIGKILL) }
            poll(nil, 0, 10)
        }
        return ended.count
    }

    private func note(_ text: String, in command: SupervisedCommand) {
        let end = FileHandle(forReadingAtPath: command.logPath).map { file -> Data in
            defer { try? file.close() }
            let size = (try? file.seekToEnd()) ?? 0
            try? file.seek(toOffset: size > 1024 ? size - 1024 : 0)
            return (try? file.readToEnd()) ?? Data()
        }
        let tail = String(decoding: end ?? Data(), as: UTF8.self)
        // Said already by a burial that was cut short.
        guard !tail.contains("slipway: the supervisor of this step was killed"),
            var log = try? LogWriter(path: command.logPath, secrets: command.secrets)
        else { return }
        if !tail.isEmpty, !tail.hasSuffix("\n") { log.append([10]) }
        log.note(text)
        _ = log.sync()
    }
}
