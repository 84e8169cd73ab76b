import Foundation
import GRDB
import Model
import Secrets

/// A row: what may be known of a secret, and its sealed value.
struct SecretRecord: Sendable {
    var secret: Secret
    var sealed: SealedValue

    init(secret: Secret, sealed: SealedValue) {
        self.secret = secret
        self.sealed = sealed
    }

    init(row: Row) {
        let bound = { (column: String) -> String? in
            let text: String = row[column]
            return text.isEmpty ? nil : text
        }
        let kind: String = row["kind"]
        secret = Secret(
            place: SecretPlace(
                name: row["name"], app: bound("app"), environment: bound("environment"), context: bound("context")),
            kind: Secret.Kind(rawValue: kind) ?? .variable, version: row["version"], updatedAt: row["updatedAt"],
            updatedBy: row["updatedBy"])
        sealed = SealedValue(keyID: row["keyID"], bytes: row["sealed"])
    }

    static func all(_ db: Database) throws -> [SecretRecord] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM secret ORDER BY name, app, environment, context")
        ).map(SecretRecord.init(row:))
    }

    /// Adds it, or replaces the one at its place.
    func save(_ db: Database) throws {
        let place = secret.place
        try db.execute(
            sql: """
                INSERT INTO secret
                (name, app, environment, context, kind, keyID, sealed, version, updatedAt, updatedBy)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name, app, environment, context) DO UPDATE SET
                kind = excluded.kind, keyID = excluded.keyID, sealed = excluded.sealed, version = excluded.version,
                updatedAt = excluded.updatedAt, updatedBy = excluded.updatedBy
                """,
            arguments: [
                place.name, place.app ?? "", place.environment ?? "", place.context ?? "", secret.kind.rawValue,
                sealed.keyID, sealed.bytes, secret.version, secret.updatedAt, secret.updatedBy,
            ])
    }

    static func delete(_ db: Database, _ place: SecretPlace) throws {
        try db.execute(
            sql: "DELETE FROM secret WHERE name = ? AND app = ? AND environment = ? AND context = ?",
            arguments: [place.name, place.app ?? "", place.environment ?? "", place.context ?? ""])
    }
}
