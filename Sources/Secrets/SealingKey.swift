import Crypto
import Foundation
public import Model

/// A key of 256 bits with which values are sealed.
public struct SealingKey: Sendable, Equatable, CustomStringConvertible {
    let key: SymmetricKey
    /// Tells keys apart and tells nothing of the key: 64 bits of a hash.
    public let id: String

    private init(_ key: SymmetricKey) {
        self.key = key
        let hash = SHA256.hash(data: Data("slipway sealing key".utf8) + key.withUnsafeBytes { Data($0) })
        id = hash.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// A new one.
    public static func make() -> SealingKey { SealingKey(SymmetricKey(size: .bits256)) }

    /// Reads what ``text`` wrote: 32 bytes in base64, or in hexadecimal. Throws `.invalid`; the message names the place
    /// and tells nothing of the text.
    public init(text: String, from place: String) throws(Failure) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = text.utf8.count == 64 ? Self.bytes(ofHex: text) : Data(base64Encoded: text)
        guard let bytes, bytes.count == 32 else {
            throw Failure(
                .invalid, "\(place) holds no key for secrets",
                hint: "A key is 32 random bytes in base64: `openssl rand -base64 32`.")
        }
        self.init(SymmetricKey(data: bytes))
    }

    /// For the key file.
    public var text: String { key.withUnsafeBytes { Data($0).base64EncodedString() } }

    public var description: String { "key \(id)" }

    private static func bytes(ofHex text: String) -> Data? {
        var data = Data()
        var rest = Substring(text)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            data.append(byte)
            rest = rest.dropFirst(2)
        }
        return data
    }
}
