import Glibc
import LinuxCalls

/// Words for system calls: C strings, and lists of them that end with nil.
enum Words {
    /// `NAME=value` of this process.
    static var ownEnvironment: [[UInt8]] { list(linux_environment()) }

    /// The words of a list that C made.
    static func list(_ pointer: UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> [[UInt8]] {
        guard var next = pointer else { return [] }
        var words: [[UInt8]] = []
        while let word = next.pointee {
            words.append(UnsafeRawBufferPointer(start: word, count: strlen(word)).map { $0 })
            next += 1
        }
        return words
    }

    /// Runs `body` with the words as C has them.
    static func withList<R>(
        _ words: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R?
    ) -> R? {
        let pointers = words.map(copy) + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { $0.baseAddress.flatMap(body) }
    }

    private static func copy(_ word: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        (word + [0]).withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { strdup($0.assumingMemoryBound(to: CChar.self)) }
        }
    }

    /// The environment of a step: the agent's own, which is the image's, and over it what the client brings.
    static func environment(own: [[UInt8]], over: [[UInt8]]) -> [[UInt8]] {
        var values: [[UInt8]: [UInt8]] = [Array("TERM".utf8): Array("TERM=xterm-256color".utf8)]
        for word in own + over { values[name(of: word)] = word }
        return values.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    /// What stands before the `=`.
    static func name(of word: [UInt8]) -> [UInt8] { Array(word.prefix { $0 != UInt8(ascii: "=") }) }

    /// An error number in words.
    static func sentence(of error: Int32) -> String { String(cString: strerror(error)) }

    /// Writes a line to descriptor 2.
    static func complain(_ sentence: String) {
        let line = Array("slipway: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
