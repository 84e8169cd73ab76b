import Foundation

/// Replaces secrets in a stream of bytes by `****`, also where they are cut by the borders of chunks.
///
/// Overlapping secrets are masked as one. Besides each value its base64, URL-encoded and JSON-escaped forms and each
/// line of at least 8 bytes of a multi-line value are masked. Values shorter than 4 bytes are ignored: masking them
/// would make the log unreadable. What comes out doesn't depend on how the input is cut into chunks.
public struct Masker: Sendable {
    /// What stands in the log for a secret.
    public static let replacement = Array("****".utf8)

    /// Forms of the secrets by their first byte, longest first.
    private var forms: [[[UInt8]]]
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
            if let first = form.first { forms[Int(first)].append(form) }
        }
        for index in forms.indices { forms[index].sort { $0.count > $1.count } }
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
                for form in forms[Int(bytes[position])] {
                    let common = min(form.count, bytes.count - position)
                    let equal = form.withUnsafeBufferPointer { form in
                        (1..<max(common, 1)).allSatisfy { form[$0] == bytes[position + $0] }
                    }
                    guard equal else { continue }
                    if common < form.count {
                        if final { continue }
                        break scan
                    }
                    if position >= covered { output += Self.replacement }
                    covered = max(covered, position + form.count)
                    break
                }
                if position >= covered { output.append(bytes[position]) }
                position += 1
            }
        }
        pending.removeFirst(position)
        self.covered = max(0, covered - position)
        return output
    }
}

/// The forms in which a secret shows up in logs.
enum MaskedForms {
    /// Values with fewer bytes are not masked.
    static let shortest = 4
    /// Lines, and base64 forms cut out of a longer text, with fewer bytes are not masked.
    static let shortestPart = 8

    static func all(of secret: String) -> [[UInt8]] {
        let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        var forms: [[UInt8]] = []
        for value in Set([secret, trimmed]) where value.utf8.count >= shortest {
            forms.append(Array(value.utf8))
            for allowed in [.alphanumerics, .urlQueryAllowed, unreserved] {
                guard let encoded = value.addingPercentEncoding(withAllowedCharacters: allowed) else { continue }
                forms += [encoded, lowerCaseEscapes(encoded)].map { Array($0.utf8) }
            }
            forms.append(Array(value.replacing("%", with: "%25").replacing(" ", with: "+").utf8))
            forms += base64(of: Array(value.utf8))
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            forms.append(Array(escaped.replacing("\n", with: "\\n").utf8))
        }
        let lines = secret.split(whereSeparator: \.isNewline)
        if lines.count > 1 {
            forms += lines.map { Array($0.utf8) }.filter { $0.count >= shortestPart }
            forms.append(Array(lines.joined(separator: "\r\n").utf8))
        }
        return forms
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// `%3F` as `%3f`.
    private static func lowerCaseEscapes(_ text: String) -> String {
        text.replacing(#/%[0-9A-F]{2}/#) { $0.output.lowercased() }
    }

    /// The value's own base64 form, and what is left of it when it stands at any place of a longer encoded text.
    private static func base64(of value: [UInt8]) -> [[UInt8]] {
        var texts = [Data(value).base64EncodedString()]
        for offset in 0..<3 {
            let encoded = Data([UInt8](repeating: 0, count: offset) + value).base64EncodedString()
            // A character belongs to the value alone when all of its six bits do.
            let from = (offset * 8 + 5) / 6
            let upTo = (offset + value.count) * 8 / 6
            let own = encoded.dropFirst(from).prefix(max(0, upTo - from))
            if own.utf8.count >= shortestPart { texts.append(String(own)) }
        }
        return texts.flatMap { text in
            [text, text.replacing("+", with: "-").replacing("/", with: "_")].map { Array($0.utf8) }
        }
    }
}
