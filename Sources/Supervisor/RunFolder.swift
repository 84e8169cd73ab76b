import Foundation
import Glibc

/// The files of one run. Each is written whole, then renamed into place.
struct RunFolder: Sendable {
    let path: String

    var specPath: String { path + "/spec.json" }
    var lockPath: String { path + "/lock" }
    var abortPath: String { path + "/abort" }
    /// What the supervisor itself says, if it has to say something.
    var complaintsPath: String { path + "/supervisor.log" }
    private var pidPath: String { path + "/pid" }
    private var leaderPath: String { path + "/leader" }
    private var outcomePath: String { path + "/outcome.json" }
    private var reservePath: String { path + "/outcome.reserve" }

    var exists: Bool { access(path, F_OK) == 0 }

    var abortRequested: Bool { access(abortPath, F_OK) == 0 }

    /// When the supervisor began; nil when none ever did.
    var startedAt: Date? {
        var status = stat()
        guard stat(pidPath, &status) == 0 else { return nil }
        return Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    var outcome: SupervisedOutcome? {
        guard let data = FileManager.default.contents(atPath: outcomePath) else { return nil }
        return try? JSONDecoder().decode(SupervisedOutcome.self, from: data)
    }

    var supervisor: ProcessIdentity? {
        FileManager.default.contents(atPath: pidPath).flatMap {
            ProcessIdentity(text: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Environment variable that every process of the run inherits.
    static let markName = "SLIPWAY_RUN"
    /// The same with its value, as it stands in `/proc/<pid>/environ`.
    var mark: String { "\(Self.markName)=\(path)" }

    /// The command's first process; nil where none was recorded.
    var leader: ProcessIdentity? {
        FileManager.default.contents(atPath: leaderPath).flatMap {
            ProcessIdentity(text: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Records the command's first process. Until it is, the mark is what its processes are known by.
    func writeLeader(_ pid: pid_t) {
        guard let identity = ProcessIdentity(pid: pid) else { return }
        try? DurableFile.write(Data(identity.text.utf8), to: leaderPath)
    }

    func readSpec() throws -> SupervisedCommand {
        try JSONDecoder().decode(SupervisedCommand.self, from: Data(contentsOf: URL(fileURLWithPath: specPath)))
    }

    func write(_ spec: SupervisedCommand) throws {
        try DurableFile.write(JSONEncoder().encode(spec), to: specPath)
    }

    /// The supervisor's first deed: after this the run counts as started, for ever.
    func writeIdentity() throws {
        guard let identity = ProcessIdentity(pid: getpid()) else { throw Errno(code: ESRCH) }
        try DurableFile.write(Data(identity.text.utf8), to: pidPath)
    }

    /// Sets room aside for the outcome, so that a disk that is full by then can't lose it.
    func reserveOutcome() {
        let descriptor = open(reservePath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        _ = posix_fallocate(descriptor, 0, 4096)
        close(descriptor)
    }

    func write(_ outcome: SupervisedOutcome) throws {
        try DurableFile.write(JSONEncoder().encode(outcome), to: outcomePath, through: reservePath)
    }

    func removeSpec() {
        unlink(specPath)
    }
}

/// Files that are complete or absent, also after a power cut.
enum DurableFile {
    /// Writes through `temporary` (mode 0600), whose blocks are used where it exists, and renames it to `path`.
    static func write(_ data: Data, to path: String, through temporary: String? = nil) throws(Errno) {
        let temporary = temporary ?? path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Errno() }
        defer { close(descriptor) }
        let bytes = [UInt8](data)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Errno() }
            written += count
        }
        guard ftruncate(descriptor, bytes.count) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw Errno()
        }
        syncFolder(of: path)
    }

    /// Makes a rename or a new name in the folder of `path` last.
    static func syncFolder(of path: String) {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
