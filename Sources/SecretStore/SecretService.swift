public import Foundation
import GRDB
public import Model
public import Secrets
public import Store
import Synchronization

/// Secrets: set and removed by people, given to steps, scripts and containers, never read back.
public final class SecretService: Sendable {
    private let store: Store
    private let folder: KeyFolder?
    private let vault: Mutex<Vault>
    private let now: @Sendable () -> Date
    private let isRotating = Mutex(false)

    /// Bytes of a value: what fits into an environment variable, with room.
    public static let largestValue = 64 << 10

    /// - Parameters:
    ///   - keys: as ``KeyFolder/load(environment:used:)`` found them.
    ///   - folder: where a rotation writes its key; nil where whoever gives the key gives the new one too.
    public init(store: Store, keys: Vault, folder: KeyFolder?, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.folder = folder
        self.now = now
        vault = Mutex(keys)
    }

    /// Opens what is in the store with the keys that the folder or the environment has. A missing key is no error here:
    /// whoever needs a value is told.
    public convenience init(store: Store, folder: KeyFolder, environment: [String: String]) async throws {
        let used = try await store.read { try Set(String.fetchAll($0, sql: "SELECT DISTINCT keyID FROM secret")) }
        let keys = try folder.load(environment: environment, used: used)
        self.init(store: store, keys: keys.vault, folder: keys.isOwn ? folder : nil)
    }

    /// All secrets without their values, by name.
    public func list() async throws -> [Secret] {
        try await store.read { try SecretRecord.all($0).map(\.secret) }
    }

    /// Ids of the keys that are needed and missing.
    public func missingKeys() async throws -> [String] {
        let used = try await store.read {
            try String.fetchAll($0, sql: "SELECT DISTINCT keyID FROM secret ORDER BY keyID")
        }
        return vault.withLock { vault in used.filter { !vault.has(keyID: $0) } }
    }

    // MARK: Changing them

    /// Sets a secret, over the one that is there.
    @discardableResult
    public func set(_ place: SecretPlace, to value: String, kind: Secret.Kind, by: String) async throws -> Secret {
        try Self.check(place, value)
        let secret = Secret(
            place: place, kind: kind, version: Token.make(prefix: ""), updatedAt: now(), updatedBy: by)
        try await store.write { db in
            // In the transaction: a rotation between would leave a row with a key that is given up.
            let sealed = try vault.withLock { try $0.seal(value, for: place) }
            try SecretRecord(secret: secret, sealed: sealed).save(db)
            try Store.log("secrets", "set", in: db)
        }
        return secret
    }

    /// Removes a secret. Throws `.notFound`, naming the places where one of that name is.
    public func remove(_ place: SecretPlace) async throws {
        try await store.write { db in
            let all = try SecretRecord.all(db).map(\.secret.place)
            guard all.contains(place) else {
                let others = all.filter { $0.name == place.name }.map(\.description)
                throw Failure(
                    .notFound, "There is no secret \(place.description)",
                    hint: others.isEmpty ? "See `slipway secrets list`." : "There is \(others.joined(separator: "; "))."
                )
            }
            try SecretRecord.delete(db, place)
            try Store.log("secrets", "removed", in: db)
        }
    }

    /// Removes all secrets of an app that is no more: one of that name later must not find them.
    public func removeAll(ofApp app: String) async throws {
        try await store.write { try $0.execute(sql: "DELETE FROM secret WHERE app = ?", arguments: [app]) }
    }

    private static func check(_ place: SecretPlace, _ value: String) throws {
        guard SecretPlace.isUsable(name: place.name) else {
            throw Failure(
                .invalid, "\(place.name.isEmpty ? "An empty text" : place.name) can't be a secret's name",
                hint: "Letters, digits and `_`, no digit first: it becomes an environment variable.")
        }
        guard !place.name.hasPrefix("SLIPWAY_") else {
            throw Failure(.invalid, "\(place.name) can't be a secret's name: SLIPWAY_… is Slipway's own")
        }
        if let context = place.context, !SecretPlace.isUsable(context: context) {
            throw Failure(
                .invalid, "\(context) can't be a context's name", hint: "Letters, digits, `.`, `_` and `-`, at most 63."
            )
        }
        guard !value.isEmpty else { throw Failure(.invalid, "The value of \(place.name) is empty") }
        guard value.utf8.count <= largestValue, !value.utf8.contains(0) else {
            throw Failure(
                .invalid, "The value of \(place.name) is no text of at most \(largestValue >> 10) KB",
                hint: "Encode other data in base64.")
        }
    }

    // MARK: Giving them

    /// The secrets for a scope, opened. Throws `.notFound` for a context that has none, `.unavailable` when a key is
    /// missing.
    public func given(for scope: SecretScope) async throws -> GivenSecrets {
        let records = try await store.read { try SecretRecord.all($0) }
        for context in scope.contexts where !records.contains(where: { $0.secret.place.context == context }) {
            let known = Set(records.compactMap(\.secret.place.context)).sorted()
            throw Failure(
                .notFound, "There is no context \(context)",
                hint: known.isEmpty
                    ? "Make it: slipway secrets set NAME --context \(context)"
                    : "Contexts: \(known.joined(separator: ", ")).")
        }
        let chosen = effectiveSecrets(records.map(\.secret.place), for: scope)
        return GivenSecrets(
            try open(records.filter { chosen[$0.secret.place.name] == $0.secret.place }))
    }

    /// Every value that may show up in an environment's containers, for masking.
    public func values(in environment: String) async throws -> [String] {
        let records = try await store.read { try SecretRecord.all($0) }
        return try vault.withLock { vault in
            try records.filter { ($0.secret.place.environment ?? environment) == environment }.map {
                try vault.open($0.sealed, for: $0.secret.place)
            }
        }
    }

    private func open(_ records: [SecretRecord]) throws -> [String: GivenSecrets.Opened] {
        try vault.withLock { vault in
            var opened: [String: GivenSecrets.Opened] = [:]
            for record in records {
                opened[record.secret.place.name] = GivenSecrets.Opened(
                    kind: record.secret.kind, version: record.secret.version,
                    value: try vault.open(record.sealed, for: record.secret.place))
            }
            return opened
        }
    }

    // MARK: The key

    /// What a rotation did.
    public struct Rotation: Sendable, Codable, Hashable {
        /// Of the key with which everything is sealed now.
        public var keyID: String
        /// How many secrets were sealed again.
        public var resealed: Int
    }

    /// Seals everything with a new key, in one transaction: killed at any point, all is sealed with the old key or all
    /// with the new one, and the old key stays until all is. Where the key is given from outside, everything is sealed
    /// with the one that is given now. Throws `.unavailable` when a key that is needed is missing, `.conflict` while
    /// another rotation is under way.
    public func rotateKey() async throws -> Rotation {
        // Two would write the next key to one file.
        let isFirst = isRotating.withLock { isRotating in
            defer { isRotating = true }
            return !isRotating
        }
        guard isFirst else { throw Failure(.conflict, "The key is being rotated already") }
        defer { isRotating.withLock { $0 = false } }
        let before = vault.withLock { $0 }
        guard folder != nil || before.key != nil else { throw Vault.missing(keyID: nil) }
        let next = try folder?.makeNext()
        do {
            let (count, id) = try await store.write { db in
                try vault.withLock { vault in
                    let turned = next.map { vault.sealing(with: $0) } ?? vault
                    let records = try SecretRecord.all(db)
                    for var record in records {
                        let value = try vault.open(record.sealed, for: record.secret.place)
                        record.sealed = try turned.seal(value, for: record.secret.place)
                        try record.save(db)
                    }
                    vault = turned
                    return (records.count, turned.key?.id ?? "")
                }
            }
            // A kill before this is mended at the next start, which finds everything sealed with the new key.
            try folder?.promote()
            return Rotation(keyID: id, resealed: count)
        } catch {
            if try await !store.read({ try Self.uses($0, next) }) {
                vault.withLock { $0 = before }
                folder?.forgetNext()
            }
            throw error
        }
    }

    private static func uses(_ db: Database, _ key: SealingKey?) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM secret WHERE keyID = ?)", arguments: [key?.id ?? ""]) ?? false
    }
}
