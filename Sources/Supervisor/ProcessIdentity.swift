import Foundation
import Glibc

/// A process that can't be mistaken for a later one with the same number: pid, start time and boot of the machine.
struct ProcessIdentity: Hashable, Sendable {
    var pid: Int32
    /// Clock ticks after boot, field 22 of `/proc/<pid>/stat`.
    var startTime: UInt64
    var boot: String

    /// Identity of a running process; nil when there is none, or when it is a zombie.
    init?(pid: Int32) {
        guard let stat = ProcessStat(pid: pid), stat.state != "Z", stat.state != "X" else { return nil }
        self.init(pid: pid, startTime: stat.startTime, boot: Self.currentBoot)
    }

    init(pid: Int32, startTime: UInt64, boot: String) {
        self.pid = pid
        self.startTime = startTime
        self.boot = boot
    }

    /// Reads what `text` wrote.
    init?(text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let pid = Int32(words[0]), let start = UInt64(words[1]) else { return nil }
        self.init(pid: pid, startTime: start, boot: String(words[2]))
    }

    var text: String { "\(pid) \(startTime) \(boot)\n" }

    /// Whether this very process runs; a zombie doesn't.
    var isAlive: Bool { ProcessIdentity(pid: pid) == self }

    /// Sends a signal, if this very process still runs.
    func send(_ signal: Int32) {
        if isAlive { kill(pid, signal) }
    }

    static var currentBoot: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }
}

/// The fields of `/proc/<pid>/stat` that are used here.
struct ProcessStat: Hashable, Sendable {
    var pid: Int32
    var state: Character
    var parent: Int32
    var group: Int32
    var session: Int32
    var startTime: UInt64

    init?(pid: Int32) {
        guard let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/stat")) else { return nil }
        self.init(line: line)
    }

    /// The program's name stands in parentheses and may hold anything: fields are counted from the last one.
    init?(line: Data) {
        guard let close = line.lastIndex(of: UInt8(ascii: ")")),
            let pid = Int32(String(decoding: line.prefix { $0 != 32 }, as: UTF8.self))
        else { return nil }
        let fields = String(decoding: line[line.index(after: close)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
            let group = Int32(fields[2]), let session = Int32(fields[3]), let startTime = UInt64(fields[19])
        else { return nil }
        self.pid = pid
        self.state = state
        self.parent = parent
        self.group = group
        self.session = session
        self.startTime = startTime
    }

    /// Every process that can be seen now.
    static func all() -> [ProcessStat] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { ProcessStat(pid: $0) }
    }
}
