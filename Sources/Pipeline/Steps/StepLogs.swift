import Foundation
public import Model

/// A piece of a step's log.
public struct LogChunk: Hashable, Sendable {
    public var bytes: [UInt8]
    /// Offset of the first byte after this piece.
    public var next: Int
    /// Whether the step is over and nothing follows.
    public var ended: Bool

    public init(bytes: [UInt8], next: Int, ended: Bool) {
        self.bytes = bytes
        self.next = next
        self.ended = ended
    }
}

/// Where the logs of steps lie: `logs/builds/12/3.log`.
public struct StepLogs: Sendable {
    let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// Path of the step's log.
    public func path(of step: Step) -> String {
        "\(directory)/\(step.owner.kind)s/\(step.owner.id)/\(step.index).log"
    }

    /// Makes the folder that the step's log lies in.
    func makeFolder(of step: Step) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: (path(of: step) as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.unavailable, "The log of \(step.name) can't be written", cause: error.localizedDescription)
        }
    }

    /// Appends text of Slipway's own, unless the log ends with it: a server may die between this and the record that
    /// the step has ended, and the next one does the step again.
    func appendOnce(_ text: String, to step: Step) throws {
        try makeFolder(of: step)
        let (path, count) = (path(of: step), text.utf8.count)
        if let end = try? read(step, from: -count, limit: count), end.bytes.elementsEqual(text.utf8) { return }
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw Failure(
                .unavailable, "The log \(path) can't be written", hint: "Free space on the data directory's disk.")
        }
        defer { try? file.close() }
        do {
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            throw Failure(
                .unavailable, "The log \(path) can't be written", hint: "Free space on the data directory's disk.")
        }
    }

    /// At most `limit` bytes from `offset`; a negative offset counts from the end. `step` is as it was read before
    /// the file is, so that the last bytes are never missed.
    public func read(_ step: Step, from offset: Int, limit: Int) throws -> LogChunk {
        guard let file = FileHandle(forReadingAtPath: path(of: step)) else {
            return LogChunk(bytes: [], next: max(0, offset), ended: step.state.isFinal)
        }
        defer { try? file.close() }
        let size = Int(try file.seekToEnd())
        let start = offset < 0 ? max(0, size + offset) : min(offset, size)
        try file.seek(toOffset: UInt64(start))
        let bytes = [UInt8](try file.read(upToCount: max(0, limit)) ?? Data())
        return LogChunk(
            bytes: bytes, next: start + bytes.count, ended: step.state.isFinal && start + bytes.count >= size)
    }
}
