public import Model

/// A tape archive (POSIX ustar) of small files, as the engine takes them.
public struct TarArchive: Sendable {
    private static let block = 512
    private var content: [UInt8] = []

    public init() {}

    /// The archive, with the two empty blocks that end it.
    public var bytes: [UInt8] { content + [UInt8](repeating: 0, count: 2 * Self.block) }

    /// Adds a folder that everybody may look into.
    public mutating func add(folder: String) throws(Failure) {
        try addHeader("\(folder)/", type: "5", size: 0, uid: 0, gid: 0, mode: 0o755)
    }

    /// Adds a file. Throws `.invalid` for a path that the format has no room for.
    ///
    /// - Parameter path: relative to where the archive is unpacked.
    public mutating func add(_ path: String, _ bytes: [UInt8], uid: Int, gid: Int, mode: Int) throws(Failure) {
        try addHeader(path, type: "0", size: bytes.count, uid: uid, gid: gid, mode: mode)
        content += bytes
        content += [UInt8](repeating: 0, count: (Self.block - bytes.count % Self.block) % Self.block)
    }

    private mutating func addHeader(
        _ path: String, type: Character, size: Int, uid: Int, gid: Int, mode: Int
    ) throws(Failure) {
        guard path.utf8.count <= 100 else {
            throw Failure(.invalid, "The path /\(path) is longer than 100 bytes", hint: "Choose a shorter target.")
        }
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        guard (0..<1 << 21).contains(uid), (0..<1 << 21).contains(gid), (0...0o7777).contains(mode) else {
            throw Failure(.invalid, "The owner \(uid):\(gid) or the mode of /\(path) is out of range")
        }
        put(path, at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(uid, 7), at: 108)
        put(octal(gid, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148)
        header[154] = 0
        content += header
    }
}
