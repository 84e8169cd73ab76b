import Glibc

/// The processes of a step: its session, and all descendants of that session's leader.
enum StepProcesses {
    struct Stat: Hashable {
        var pid: pid_t
        var parent: pid_t
        var session: pid_t
        var isDead: Bool
    }

    /// Kills until nobody is left: a process may fork between the look and the signal.
    static func kill(sessionOf leader: pid_t) {
        for _ in 0..<20 {
            let members = members(ofSession: leader, in: all())
            if members.isEmpty { return }
            for pid in members { _ = Glibc.kill(pid, SIGKILL) }
        }
    }

    /// Those that live.
    static func members(ofSession leader: pid_t, in all: [Stat]) -> [pid_t] {
        var known = Set(all.filter { $0.session == leader || $0.pid == leader }.map(\.pid))
        var grows = true
        while grows {
            let children = all.filter { known.contains($0.parent) && !known.contains($0.pid) }
            known.formUnion(children.map(\.pid))
            grows = !children.isEmpty
        }
        let own = getpid()
        return all.filter { known.contains($0.pid) && !$0.isDead && $0.pid > 1 && $0.pid != own }.map(\.pid)
    }

    private static func all() -> [Stat] { ProcessList.pids().compactMap(stat) }

    private static func stat(of pid: pid_t) -> Stat? {
        ProcessList.file("stat", of: pid, limit: 512).flatMap { Stat(pid: pid, line: $0[...]) }
    }
}

extension StepProcesses.Stat {
    /// A line of `/proc/<pid>/stat`. The program's name stands in parentheses and may hold anything: fields are counted
    /// from the last one.
    init?(pid: pid_t, line: ArraySlice<UInt8>) {
        guard let close = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[(close + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 3, let parent = Self.number(fields[1]), let session = Self.number(fields[3]) else {
            return nil
        }
        self.init(
            pid: pid, parent: parent, session: session,
            isDead: fields[0].first == UInt8(ascii: "Z") || fields[0].first == UInt8(ascii: "X"))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> pid_t? { pid_t(String(decoding: digits, as: UTF8.self)) }
}
