import Foundation
import Glibc
import Model

/// Which numbers are in use on this machine, whatever servers run there: `/run/slipway-step-users/60617` is a link to the
/// home of the build or deploy that has that user. A home that isn't that user's (any more) doesn't count.
struct StepUserRegister: Sendable {
    let folder: String

    /// Runs `body` while no other server, and no other task of this one, is in here.
    func locked<T>(_ body: () throws -> T) throws -> T {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw failure() }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        // Held for moments only.
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure() }
        }
        return try body()
    }

    /// The home that a number is in use for; nil where it is free.
    func holder(of number: UInt32) -> String? {
        guard let home = try? FileManager.default.destinationOfSymbolicLink(atPath: link(number)) else { return nil }
        var status = stat()
        return lstat(home, &status) == 0 && status.st_uid == number ? home : nil
    }

    /// Enters the number for that home; false where another has it.
    func hold(_ number: UInt32, for home: String) -> Bool {
        if let holder = holder(of: number) { return holder == home }
        unlink(link(number))
        return symlink(home, link(number)) == 0
    }

    /// Frees the number, where it was that home's.
    func release(_ number: UInt32, of home: String) {
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link(number))) == home { unlink(link(number)) }
    }

    func failure() -> Failure {
        Failure(
            .unavailable, "The users of scripts can't be entered in \(folder)",
            hint: "It must be a folder of root's alone.", cause: String(cString: strerror(errno)))
    }

    private func link(_ number: UInt32) -> String { "\(folder)/\(number)" }
}
