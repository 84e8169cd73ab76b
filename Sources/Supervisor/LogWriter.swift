import Glibc
import Model

/// Appends masked output and notes of its own to a log. When the disk is full, what can't be written is kept, the
/// caller stops reading (`isBlocked`), and the log goes on where it was as soon as there is room.
struct LogWriter {
    private let descriptor: CInt
    private var masker: Masker
    private var backlog: [UInt8] = []
    private var atLineStart = true
    private(set) var blockedSince: ContinuousClock.Instant?

    init(path: String, secrets: [String]) throws(Errno) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Errno() }
        masker = Masker(secrets: secrets)
    }

    /// Whether something waits for room.
    var isBlocked: Bool { !backlog.isEmpty }

    /// Appends output.
    mutating func append(_ output: [UInt8]) {
        enqueue(masker.mask(output))
        flush()
    }

    /// Appends a line of the supervisor's own: `slipway: …`.
    mutating func note(_ text: String) {
        enqueue(Array("\(atLineStart ? "" : "\n")slipway: \(text)\n".utf8))
        flush()
    }

    /// Appends what the mask held back.
    mutating func finish() {
        enqueue(masker.finish())
        flush()
    }

    /// Writes what can be written. True when all of it was and is safe on the disk.
    mutating func sync() -> Bool {
        flush()
        return !isBlocked && (fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS)
    }

    /// Tries again to write what waits.
    mutating func flush() {
        var written = 0
        while written < backlog.count {
            let count = backlog[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                break
            }
        }
        let complete = written == backlog.count
        backlog.removeFirst(written)
        if !complete {
            if blockedSince == nil { blockedSince = .now }
        } else if let since = blockedSince {
            blockedSince = nil
            note("the log could not be written for \((ContinuousClock.now - since).components.seconds) s")
        }
    }

    private mutating func enqueue(_ bytes: [UInt8]) {
        guard let last = bytes.last else { return }
        backlog += bytes
        atLineStart = last == UInt8(ascii: "\n")
    }
}
