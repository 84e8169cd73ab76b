import Dispatch
import Foundation
import Glibc
import Model

extension GitMirror {
    /// So many objects may lie about as files of their own. Each push leaves a few, and every working copy gets copies.
    private static let mostLoose = 32

    /// Puts objects that lie about into a pack, so that a working copy is made as quickly after ten thousand pushes as after
    /// the first. Nothing is dropped, whether or not a branch leads to it. Where a working copy is being made, or there is
    /// little to do, nothing happens. Returns whether it was done.
    @discardableResult
    public func pack() async throws -> Bool {
        guard exists, looseObjects > Self.mostLoose, let lock = MirrorLock(directory, LOCK_EX | LOCK_NB) else {
            return false
        }
        defer { lock.end() }
        // Packs grow geometrically, so that each object is packed anew a few times only, however many there will be.
        try await git(["repack", "--quiet", "--geometric=2", "-d"])
        return true
    }

    /// How many objects are files of their own.
    private var looseObjects: Int {
        let files = FileManager.default
        let folder = "\(directory)/objects"
        let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.utf8.count == 2 }.reduce(0) { count, name in
            count + ((try? files.contentsOfDirectory(atPath: "\(folder)/\(name)").count) ?? 0)
        }
    }

    /// Runs `body` while nothing is moved into packs: who copies the files would miss some.
    @discardableResult
    func whileNothingMoves<R>(_ body: () async throws -> R) async throws -> R {
        // On a thread that may wait for as long as somebody packs.
        let lock = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: MirrorLock(directory, LOCK_SH)) }
        }
        defer { lock?.end() }
        return try await body()
    }
}

/// A lock (flock(2)) on the folder of a mirror, which ends with the process at the latest.
private struct MirrorLock: Sendable {
    private let descriptor: Int32

    /// Nil where there is no such folder, or another has it and `kind` says not to wait.
    init?(_ directory: String, _ kind: Int32) {
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        while flock(descriptor, kind) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                return nil
            }
        }
    }

    func end() {
        close(descriptor)
    }
}
