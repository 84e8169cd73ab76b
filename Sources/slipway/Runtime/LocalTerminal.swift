import Dispatch
import Foundation
import Glibc
import Model

/// The terminal that this process is called from.
enum LocalTerminal {
    /// What it was before it was made raw.
    struct Saved: Sendable {
        fileprivate let settings: termios

        /// Makes it again what it was.
        func restore() {
            var settings = settings
            tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        }
    }

    /// Rows and columns; nil where there is none.
    static var size: (rows: Int, columns: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
        return (min(Int(size.ws_row), 1000), min(Int(size.ws_col), 1000))
    }

    /// From now on every key is handed on as it is, Ctrl-C too.
    static func makeRaw() throws -> Saved {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
            throw Failure(.failed, "The terminal can't be asked how it is set", cause: String(cString: strerror(errno)))
        }
        let saved = Saved(settings: settings)
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        return saved
    }

    /// What comes on standard input, in pieces as they come; the last one is empty.
    static var input: AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            let thread = Thread {
                var buffer = [UInt8](repeating: 0, count: 32 << 10)
                while true {
                    let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    continuation.yield(count > 0 ? Array(buffer[..<count]) : [])
                    guard count > 0 else { return continuation.finish() }
                }
            }
            thread.start()
        }
    }
}
