import Foundation

/// Replaces secrets in a stream of bytes by `****`, also where they are cut by the borders of chunks.
///
/// Overlapping secrets are masked as one. Besides each value its base64 (wrapped too), URL-encoded, JSON-escaped and
/// shell-quoted forms and each line of at least 8 bytes of a multi-line value are masked. Values shorter than 4 bytes
/// are ignored: masking them would make the log unreadable. What comes out doesn't depend on how the input is cut into
/// chunks.
public struct Masker: Sendable {
    /// What stands in the log for a secret.
    public static let replacement = Array("****".utf8)

    /// Forms of the secrets by their first byte, longest first.
    private var forms: [[MaskedForms.Form]]
    /// Whether a secret may begin with a byte.
    private let begins: [Bool]
    /// Input that can't be let go yet: the start of what may become a secret.
    private var pending: [UInt8] = []
    /// How many bytes at the front of `pending` belong to a secret whose `****` has been written.
    private var covered = 0

    /// A mask for these values.
    public init(secrets: [String]) {
        forms = Array(repeating: [], count: 256)
        for form in Set(secrets.flatMap(MaskedForms.all(of:))) {
            if let first = form.bytes.first { forms[Int(first)].append(form) }
        }
        for index in forms.indices { forms[index].sort { $0.bytes.count > $1.bytes.count } }
        begins = forms.map { !$0.isEmpty }
    }

    /// Takes the next chunk and returns what may be written now: all but a suffix that may be the start of a secret.
    public mutating func mask(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
        pending += chunk
        return drain(final: false)
    }

    /// Takes the next chunk and returns what may be written now.
    public mutating func mask(_ chunk: [UInt8]) -> [UInt8] { mask(chunk[...]) }

    /// The stream has ended: returns the rest.
    public mutating func finish() -> [UInt8] { drain(final: true) }

    private mutating func drain(final: Bool) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(pending.count)
        var covered = covered
        var position = 0
        pending.withUnsafeBufferPointer { bytes in
            scan: while position < bytes.count {
                // What can't begin a secret goes in one piece.
                var next = position
                while next < bytes.count, !begins[Int(bytes[next])] { next += 1 }
                if next > position {
                    output.append(contentsOf: bytes[min(max(position, covered), next)..<next])
                    position = next
                    continue
                }
                var end = position
                for form in forms[Int(bytes[position])] {
                    switch Self.match(form, bytes, at: position) {
                    case .no: break
                    case .whole(let upTo): end = max(end, upTo)
                    case .begun: if !final { break scan }
                    }
                }
                if end > position {
                    if position >= covered { output += Self.replacement }
                    covered = max(covered, end)
                }
                if position >= covered { output.append(bytes[position]) }
                position += 1
            }
        }
        pending.removeFirst(position)
        self.covered = max(0, covered - position)
        return output
    }

    /// How a form stands at a place of the input.
    private enum Match {
        case no
        /// All of it, up to this place.
        case whole(Int)
        /// The input ends within it.
        case begun
    }

    private static func match(
        _ form: MaskedForms.Form, _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> Match {
        form.bytes.withUnsafeBufferPointer { wanted in
            var place = position
            var index = 0
            var breaks = 0
            while index < wanted.count {
                guard place < bytes.count else { return .begun }
                let byte = bytes[place]
                if byte == wanted[index] {
                    index += 1
                    breaks = 0
                } else if form.isWrapped, index > 0, breaks < 2, byte == 10 || byte == 13 {
                    // One line break is a carriage return and a line feed at most.
                    breaks += 1
                } else {
                    return .no
                }
                place += 1
            }
            return .whole(place)
        }
    }
}
