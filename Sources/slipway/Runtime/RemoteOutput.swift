import Foundation
import Synchronization

/// Prints what a command in a container writes: a terminal's bytes as they are, of pipes each on its own.
final class RemoteOutput: Sendable {
    private struct State {
        var offset = 0
        var rest: [UInt8] = []
    }

    private let tty: Bool
    private let state = Mutex(State())

    init(tty: Bool) { self.tty = tty }

    /// How many bytes came so far.
    var offset: Int { state.withLock { $0.offset } }

    func add(_ bytes: [UInt8]) {
        let parts = state.withLock { state in
            state.offset += bytes.count
            guard !tty else { return [(isError: false, bytes: bytes)] }
            state.rest += bytes
            return Self.frames(&state.rest)
        }
        for part in parts {
            let file = part.isError ? FileHandle.standardError : FileHandle.standardOutput
            try? file.write(contentsOf: Data(part.bytes))
        }
    }

    /// Takes the whole frames off: a byte for the stream, three of zero, four for the length.
    static func frames(_ rest: inout [UInt8]) -> [(isError: Bool, bytes: [UInt8])] {
        var parts: [(isError: Bool, bytes: [UInt8])] = []
        var start = 0
        while rest.count - start >= 8 {
            let length = rest[(start + 4)..<(start + 8)].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count - start - 8 >= length else { break }
            parts.append((rest[start] == 2, Array(rest[(start + 8)..<(start + 8 + length)])))
            start += 8 + length
        }
        rest.removeFirst(start)
        return parts
    }
}
