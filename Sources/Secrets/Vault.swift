import Crypto
public import Foundation
public import Model

/// A value that only the holder of a key can read.
public struct SealedValue: Hashable, Sendable {
    /// Of the key that it was sealed with.
    public var keyID: String
    /// Nonce, ciphertext and tag.
    public var bytes: Data

    public init(keyID: String, bytes: Data) {
        self.keyID = keyID
        self.bytes = bytes
    }
}

/// Seals values with AES-256-GCM: a fresh nonce each, and the place where a value belongs as authenticated data, so
/// that one that was moved to another row doesn't open.
public struct Vault: Sendable {
    /// New values are sealed with it; nil where there is none.
    public private(set) var key: SealingKey?
    /// Keys of before, with which values can be opened still.
    private var others: [SealingKey]

    public init(key: SealingKey?, others: [SealingKey] = []) {
        self.key = key
        self.others = others
    }

    /// Whether values of that key can be opened.
    public func has(keyID: String) -> Bool { find(keyID) != nil }

    /// Seals a value for a place. Throws `.unavailable` where there is no key.
    public func seal(_ value: String, for place: SecretPlace) throws(Failure) -> SealedValue {
        guard let key else { throw Self.missing(keyID: nil) }
        do {
            let box = try AES.GCM.seal(Data(value.utf8), using: key.key, authenticating: Self.data(of: place))
            guard let bytes = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return SealedValue(keyID: key.id, bytes: bytes)
        } catch {
            throw Failure(.internal, "The secret \(place.description) can't be sealed")
        }
    }

    /// Opens a value. Throws `.unavailable`, naming the key, where it is missing, and `.invalid` for a value that was
    /// altered or is another place's.
    public func open(_ sealed: SealedValue, for place: SecretPlace) throws(Failure) -> String {
        guard let key = find(sealed.keyID) else { throw Self.missing(keyID: sealed.keyID) }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.bytes)
            let data = try AES.GCM.open(box, using: key.key, authenticating: Self.data(of: place))
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw Failure(
                .invalid, "The secret \(place.description) can't be opened: its row was altered, or is another's",
                hint: "Set it again.")
        }
    }

    /// A vault that seals with `next` and opens what this one does.
    public func sealing(with next: SealingKey) -> Vault {
        Vault(key: next, others: ([key].compactMap { $0 } + others).filter { $0 != next })
    }

    /// What a person reads when a key is not there.
    public static func missing(keyID: String?) -> Failure {
        guard let keyID else {
            return Failure(
                .unavailable, "There is no key for secrets",
                hint: "Bring back keys/secrets.key in the data directory, or remove all secrets and start again.")
        }
        return Failure(
            .unavailable, "The key \(keyID), with which secrets are sealed, is missing",
            hint:
                "Bring back its file (keys/secrets.key in the data directory, or what SLIPWAY_SECRET_KEY_FILE names), "
                + "or set the secrets again.")
    }

    private func find(_ id: String) -> SealingKey? { ([key].compactMap { $0 } + others).first { $0.id == id } }

    /// No two places have the same: each part says how long it is.
    private static func data(of place: SecretPlace) -> Data {
        let parts = [place.name, place.app ?? "", place.environment ?? "", place.context ?? ""]
        return Data(parts.map { "\($0.utf8.count):\($0)" }.joined(separator: ",").utf8)
    }
}
