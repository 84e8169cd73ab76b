import Crypto
import CryptoExtras
import Foundation
import Model

/// Passwords, stored as `scrypt$N$r$p$salt$hash`, salt and hash in base64. The parameters stand beside each hash, so
/// that they can be raised without locking anybody out.
public enum Password {
    private static let (rounds, blockSize, parallelism) = (1 << 14, 8, 1)
    private static let hashLength = 32

    /// Hashes a password with a salt of its own. Takes some 50 ms and 16 MB, on purpose.
    public static func hash(_ password: String) throws -> String {
        let salt = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        let hash = try derive(password, salt: salt, rounds, blockSize, parallelism, length: hashLength)
        return
            "scrypt$\(rounds)$\(blockSize)$\(parallelism)$\(salt.base64EncodedString())$\(hash.base64EncodedString())"
    }

    /// Whether `password` is the one that was hashed. False for anything that isn't a hash of ours.
    public static func verify(_ password: String, against stored: String) -> Bool {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt",
            let rounds = Int(parts[1]), (2...1 << 20).contains(rounds), rounds & (rounds - 1) == 0,
            let blockSize = Int(parts[2]), (1...32).contains(blockSize),
            let parallelism = Int(parts[3]), (1...16).contains(parallelism),
            let salt = Data(base64Encoded: parts[4]), let expected = Data(base64Encoded: parts[5]),
            (16...64).contains(expected.count),
            let hash = try? derive(password, salt: salt, rounds, blockSize, parallelism, length: expected.count)
        else { return false }
        return ConstantTime.equal(hash, expected)
    }

    private static func derive(
        _ password: String, salt: Data, _ rounds: Int, _ blockSize: Int, _ parallelism: Int, length: Int
    ) throws -> Data {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: Data(password.utf8), salt: salt, outputByteCount: length, rounds: rounds, blockSize: blockSize,
                parallelism: parallelism, maxMemory: 256 << 20)
            return key.withUnsafeBytes { Data($0) }
        } catch {
            throw Failure(.internal, "The password can't be hashed", cause: "\(error)")
        }
    }
}

/// Comparison that takes the same time wherever the difference is.
public enum ConstantTime {
    /// Whether both hold the same bytes. Only their lengths show in the time it takes.
    public static func equal(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether both texts are the same.
    public static func equal(_ one: String, _ other: String) -> Bool { equal(Array(one.utf8), Array(other.utf8)) }
}
