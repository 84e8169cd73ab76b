/// What a client and the agent say to each other, as bytes: version, kind, length of the body (4 bytes, the lowest
/// first), body. Either side may be anybody's: nothing that comes in is believed.
enum StepMessage: Hashable {
    /// From the client, once, with its descriptors 0 to 2 beside the first byte.
    case run(StepRequest)
    /// From the client: to the step's process group.
    case signal(UInt8)
    /// From the agent, the last: the step's exit status, 128 + n for signal n.
    case ended(status: UInt8)
    /// From the agent, the last: why the step never ran, and the status that stands for it.
    case refused(status: UInt8, sentence: String)

    static let version: UInt8 = 1
    static let headerLength = 6

    /// Longest body of a kind of message; nil for a kind that there is not.
    static func limit(ofKind kind: UInt8) -> Int? {
        switch kind {
        case 1: StepRequest.longest
        case 2, 3: 1
        case 4: 1024
        default: nil
        }
    }

    /// The message as it is sent; nil where it is longer than may be.
    var bytes: [UInt8]? {
        let (kind, body): (UInt8, [UInt8]) =
            switch self {
            case .run(let request): (1, request.bytes)
            case .signal(let number): (2, [number])
            case .ended(let status): (3, [status])
            case .refused(let status, let sentence): (4, [status] + Array(sentence.utf8.prefix(1023)))
            }
        guard let limit = Self.limit(ofKind: kind), body.count <= limit else { return nil }
        return [Self.version, kind] + UInt32(body.count).littleEndianBytes + body
    }

    init(kind: UInt8, body: ArraySlice<UInt8>) throws(BadMessage) {
        guard let first = body.first else { throw .malformed }
        switch kind {
        case 1: self = .run(try StepRequest(body))
        case 2 where body.count == 1: self = .signal(first)
        case 3 where body.count == 1: self = .ended(status: first)
        case 4: self = .refused(status: first, sentence: String(decoding: body.dropFirst(), as: UTF8.self))
        default: throw .malformed
        }
    }
}

/// A command, as bytes that are nobody's text.
struct StepRequest: Hashable {
    /// At least one.
    var arguments: [[UInt8]]
    /// `NAME=value`, over the agent's own.
    var environment: [[UInt8]]
    var directory: [UInt8]

    static let longest = 8 << 20

    var bytes: [UInt8] {
        var body: [UInt8] = []
        for list in [arguments, environment, [directory]] {
            body += UInt32(clamping: list.count).littleEndianBytes
            for word in list { body += UInt32(clamping: word.count).littleEndianBytes + word }
        }
        return body
    }

    init(arguments: [[UInt8]], environment: [[UInt8]], directory: [UInt8]) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    init(_ body: ArraySlice<UInt8>) throws(BadMessage) {
        var rest = body
        arguments = try Self.words(&rest)
        environment = try Self.words(&rest)
        let directories = try Self.words(&rest)
        guard rest.isEmpty, !arguments.isEmpty, directories.count == 1, let directory = directories.first,
            environment.allSatisfy({ $0.contains(UInt8(ascii: "=")) })
        else { throw .malformed }
        self.directory = directory
    }

    private static func words(_ rest: inout ArraySlice<UInt8>) throws(BadMessage) -> [[UInt8]] {
        var words: [[UInt8]] = []
        for _ in 0..<(try number(&rest)) {
            let count = try number(&rest)
            guard count <= rest.count else { throw .malformed }
            let word = Array(rest.prefix(count))
            // The kernel ends words with a zero.
            guard !word.contains(0) else { throw .malformed }
            words.append(word)
            rest = rest.dropFirst(count)
        }
        return words
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws(BadMessage) -> Int {
        guard rest.count >= 4 else { throw .malformed }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What came is not a message.
enum BadMessage: Error, Hashable {
    case otherVersion(UInt8)
    case unknownKind(UInt8)
    case tooLong(Int)
    case malformed
}

/// Puts messages together from what a socket brings.
struct MessageBuffer {
    private var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) {
        bytes += more
    }

    /// The next message that is complete; nil until it is. What can't become one is told as soon as it shows.
    mutating func next() throws(BadMessage) -> StepMessage? {
        if let version = bytes.first, version != StepMessage.version { throw .otherVersion(version) }
        guard bytes.count >= StepMessage.headerLength else { return nil }
        guard let limit = StepMessage.limit(ofKind: bytes[1]) else { throw .unknownKind(bytes[1]) }
        let length = bytes[2..<6].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw .tooLong(length) }
        let end = StepMessage.headerLength + length
        guard bytes.count >= end else { return nil }
        let message = try StepMessage(kind: bytes[1], body: bytes[StepMessage.headerLength..<end])
        bytes.removeFirst(end)
        return message
    }
}

extension UInt32 {
    fileprivate var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
