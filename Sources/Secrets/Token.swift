import Crypto
import Foundation

/// Tokens for the API: shown once, stored as their hash.
public enum Token {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    /// 62 to the 43rd is just above 2 to the 256th.
    private static let digits = 43

    /// A new token: the prefix and 256 random bits in base 62.
    public static func make(prefix: String = "slp_") -> String {
        var number = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let text = (0..<digits).map { _ in alphabet[remainder(of: &number)] }
        return prefix + String(text)
    }

    /// SHA-256 of the token in hexadecimal: a token has so much chance in it that no slow hash is needed.
    public static func hash(_ token: String) -> String {
        let hex = Array("0123456789abcdef")
        return String(SHA256.hash(data: Data(token.utf8)).flatMap { [hex[Int($0 >> 4)], hex[Int($0 & 15)]] })
    }

    /// Divides a big-endian number by 62 in place and returns what is left over.
    private static func remainder(of number: inout [UInt8]) -> Int {
        var rest = 0
        for index in number.indices {
            let value = rest << 8 | Int(number[index])
            number[index] = UInt8(value / 62)
            rest = value % 62
        }
        return rest
    }
}
