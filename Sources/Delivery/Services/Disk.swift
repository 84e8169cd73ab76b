import Foundation
import Glibc

/// The disk that the data directory lies on.
enum Disk {
    private static let least: UInt64 = 1 << 20

    /// What to tell people while nothing can be recorded or logged; nil while there is room.
    static func notice(of directory: String) -> String? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0, status.f_blocks > 0 else { return nil }
        let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
        guard UInt64(blocks) * UInt64(status.f_frsize) < least else { return nil }
        return "The disk of the data directory \(directory) is full: nothing can be recorded or logged. "
            + "Free space there; everything then goes on by itself."
    }
}
