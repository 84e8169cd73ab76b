import Foundation
import GRDB
import Store

/// What `up` answered, recorded in the transaction that queued its rollouts: whoever asks again because the server died
/// before the answer reached them (the script goes on while it is dead) gets it, and nothing is queued twice.
enum UpAnswer {
    private static let day: TimeInterval = 86_400

    static func find(_ db: Database, _ key: String) throws -> [ServiceOutcome]? {
        try String.fetchOne(db, sql: "SELECT outcomes FROM upAnswer WHERE key = ?", arguments: [key])
            .map(JSONText.decode)
    }

    /// Keeps it for a day from `at`, which is now.
    static func keep(_ db: Database, _ key: String, _ outcomes: [ServiceOutcome], at: Date) throws {
        try db.execute(sql: "DELETE FROM upAnswer WHERE at < ?", arguments: [at.addingTimeInterval(-day)])
        try db.execute(
            sql: "INSERT INTO upAnswer (key, outcomes, at) VALUES (?, ?, ?)",
            arguments: [key, try JSONText.encode(outcomes), at])
    }
}
