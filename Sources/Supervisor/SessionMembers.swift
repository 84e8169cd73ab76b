import Foundation
import Glibc

/// The processes that a command has started: all of its session, and all descendants, those with a session of their
/// own included. What was seen once is remembered, so that a process whose parent has died is still found.
struct SessionMembers: Sendable {
    /// The command's first process, whose number is that of its session; 0 where only the mark is known.
    private(set) var leader: Int32
    private let mark: String?
    /// The process that has adopted the orphans among them; nil where they shall be left alone.
    var adopter: Int32?
    private var seen: Set<ProcessIdentity> = []

    init(leader: Int32) {
        self.leader = leader
        mark = nil
    }

    /// Those that have `mark` (`NAME=value`) in their environment.
    init(marked mark: String) {
        leader = 0
        self.mark = mark
    }

    /// Counts a whole session in, whose leader lives.
    mutating func add(session leader: Int32) {
        self.leader = leader
    }

    /// Sends `signal` to every member that runs, once: many programs take a second INT for impatience. Returns how
    /// many there were.
    @discardableResult
    mutating func send(_ signal: Int32) -> Int {
        let members = current()
        if leader > 0 { kill(-leader, signal) }
        for member in members where getpgid(member.pid) != leader { kill(member.pid, signal) }
        return members.count
    }

    /// Kills until nobody is left: a process may fork between the look and the signal.
    mutating func killAll() {
        for _ in 0..<20 where send(SIGKILL) == 0 { return }
    }

    /// The members that run now, as far as they can be seen.
    mutating func current() -> [ProcessIdentity] {
        let boot = ProcessIdentity.currentBoot
        let all = ProcessStat.all().filter { $0.state != "Z" && $0.state != "X" }
        let children = Dictionary(grouping: all, by: \.parent)
        var members = all.filter { stat in
            (leader > 0 && stat.session == leader) || isMarked(stat.pid)
                || seen.contains(ProcessIdentity(pid: stat.pid, startTime: stat.startTime, boot: boot))
        }
        var known = Set(members.map(\.pid))
        var open = members.map(\.pid) + (leader > 0 ? [leader] : []) + (adopter.map { [$0] } ?? [])
        while let pid = open.popLast() {
            for child in children[pid] ?? [] where known.insert(child.pid).inserted {
                members.append(child)
                open.append(child.pid)
            }
        }
        members.removeAll { $0.pid == adopter }
        let identities = members.map { ProcessIdentity(pid: $0.pid, startTime: $0.startTime, boot: boot) }
        seen.formUnion(identities)
        return identities
    }

    private func isMarked(_ pid: Int32) -> Bool {
        guard let mark, let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else {
            return false
        }
        return environment.split(separator: 0).contains { $0.elementsEqual(mark.utf8) }
    }
}
