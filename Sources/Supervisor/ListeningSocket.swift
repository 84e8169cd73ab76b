import Foundation

/// Who listens on a TCP port of this machine, as `/proc` has it.
public enum ListeningSocket {
    /// A process that listens.
    public struct Holder: Hashable, Sendable {
        public var pid: Int32
        /// The program's short name, as `ps` shows it.
        public var program: String
    }

    /// Whether the process itself holds the listening socket: an answer on the port alone may be another program's.
    public static func isHeld(port: Int, by process: Int32) -> Bool {
        let inodes = inodes(inTable: text("/proc/\(process)/net/tcp"), port: port)
        return !inodes.isEmpty && holds(process, inodes)
    }

    /// The process that listens on the port at whatever address; nil where none can be seen.
    public static func holder(ofPort port: Int) -> Holder? {
        let inodes = ["tcp", "tcp6"].flatMap { Self.inodes(inTable: text("/proc/self/net/\($0)"), port: port) }
        guard !inodes.isEmpty else { return nil }
        return ProcessStat.all().first { holds($0.pid, inodes) }.map { stat in
            let name = text("/proc/\(stat.pid)/comm").trimmingCharacters(in: .whitespacesAndNewlines)
            return Holder(pid: stat.pid, program: name)
        }
    }

    /// Inodes of the sockets that listen (state 0A) on the port; the format is that of proc(5), `/proc/net/tcp`.
    static func inodes(inTable table: String, port: Int) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A",
                let text = fields[1].split(separator: ":").last, Int(text, radix: 16) == port
            else { return nil }
            return String(fields[9])
        }
    }

    private static func holds(_ process: Int32, _ inodes: [String]) -> Bool {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            return target.map { target in inodes.contains { target == "socket:[\($0)]" } } ?? false
        }
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
