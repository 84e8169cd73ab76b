import Glibc

/// A pseudo-terminal that passes bytes on as they are: no echo, no CR before LF.
struct PseudoTerminal {
    // Linux's values; the macros are too clever for Swift.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    /// Our end, non-blocking.
    let descriptor: CInt
    /// Path of the command's end, `/dev/pts/7`.
    let path: String
    /// The command's end, held open so that our end reports no hang-up while the command runs.
    private let other: CInt

    init(columns: Int, rows: Int) throws(Errno) {
        let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Errno() }
        var locked: CInt = 0
        var index: CUnsignedInt = 0
        guard ioctl(descriptor, Self.unlock, &locked) == 0, ioctl(descriptor, Self.number, &index) == 0 else {
            let error = Errno()
            close(descriptor)
            throw error
        }
        let path = "/dev/pts/\(index)"
        let other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard other >= 0 else {
            let error = Errno()
            close(descriptor)
            throw error
        }
        var size = winsize()
        size.ws_col = UInt16(clamping: columns)
        size.ws_row = UInt16(clamping: rows)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
        var modes = termios()
        tcgetattr(other, &modes)
        modes.c_oflag &= ~tcflag_t(OPOST)
        modes.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(other, TCSANOW, &modes)
        self.descriptor = descriptor
        self.path = path
        self.other = other
    }

    /// Makes the command's end another user's, as a login does.
    func give(to user: UInt32) throws(Errno) {
        guard fchown(other, user, gid_t.max) == 0, fchmod(other, 0o620) == 0 else { throw Errno() }
    }

    /// After this our end reports a hang-up as soon as no process of the command's is left.
    func releaseOtherEnd() {
        close(other)
    }

    /// Reads what is there, up to `limit` bytes. Nil means hung up; empty means nothing now.
    func read(limit: Int = 65_536) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                return bytes
            } else {
                return bytes.isEmpty ? nil : bytes
            }
        }
        return bytes
    }
}
