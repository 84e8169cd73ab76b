import Foundation
import Model

/// What a backup says of itself; its archive's first file.
struct BackupManifest: Codable, Equatable {
    /// Of the archive; grows when an older program couldn't read it.
    static let currentFormat = 1
    static let name = "slipway-backup.json"
    /// The archive's last file: without it, it is not whole.
    static let endName = "slipway-backup.end"
    static let databaseName = "slipway.sqlite"

    var format = Self.currentFormat
    /// The Slipway whose data it is.
    var version: String
    /// Names of the migrations that its database has had.
    var schema: [String]
    /// SHA-256 of the database, in hex.
    var database: String
    var madeAt: Date
    /// The machine's name.
    var host: String
    /// The folder that the copy was made of.
    var directory: String
    /// Whether the key for secrets is in it.
    var hasKeys: Bool

    /// Throws `.conflict` where this program is too old for it, naming both versions.
    func check(known: Set<String>, version own: String) throws(Failure) {
        guard format <= Self.currentFormat, known.isSuperset(of: schema) else {
            throw Failure(
                .conflict,
                "The backup was made by Slipway \(version); this is Slipway \(own), which can't read all of it",
                hint: "Install Slipway \(version) or a newer one and restore with that. Nothing was changed.")
        }
    }
}
