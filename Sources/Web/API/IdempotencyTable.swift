import Foundation
import GRDB
import HTTPTypes
import Model
import Store

/// Answers of changing requests, kept for a day by key and actor: a repeated request gets the first one's answer.
struct IdempotencyTable: Sendable {
    static let migration = Migration("web-1-idempotency") { db in
        try db.create(table: "idempotency") { t in
            t.column("key", .text).notNull()
            t.column("actor", .text).notNull()
            t.column("request", .text).notNull()
            t.column("status", .integer).notNull()
            t.column("body", .blob).notNull()
            t.column("at", .datetime).notNull()
            t.primaryKey(["key", "actor"])
        }
    }
    private static let day: TimeInterval = 86_400
    static let longestKey = 200

    let store: Store
    private let turns = Turns<String>()

    /// The answer to `request` (method and path) that was kept under `key`, else what `body` gives, which is kept.
    /// Two requests with one key that come at once are carried out one after the other.
    func answer(
        key: String, actor: String, request: String, at now: Date, _ body: () async throws -> APIAnswer
    ) async throws -> APIAnswer {
        guard key.utf8.count <= Self.longestKey else {
            throw Failure(.usage, "The Idempotency-Key is longer than \(Self.longestKey) bytes")
        }
        return try await turns.alone(at: "\(actor) \(key)") {
            try await answerInTurn(key: key, actor: actor, request: request, at: now, body)
        }
    }

    private func answerInTurn(
        key: String, actor: String, request: String, at now: Date, _ body: () async throws -> APIAnswer
    ) async throws -> APIAnswer {
        if let kept = try await kept(key: key, actor: actor, since: now.addingTimeInterval(-Self.day)) {
            guard kept.request == request else {
                throw Failure(
                    .conflict, "The Idempotency-Key \(key) was used for \(kept.request)", hint: "Use a new key.")
            }
            return kept.status == 204 ? .nothing : .json(.init(code: kept.status), kept.body)
        }
        let answer = try await body()
        switch answer {
        case .json(let status, let bytes):
            try await keep(key: key, actor: actor, request: request, status: status.code, body: bytes, at: now)
        case .nothing: try await keep(key: key, actor: actor, request: request, status: 204, body: [], at: now)
        case .raw: break
        }
        return answer
    }

    private struct Kept: Sendable {
        var request: String
        var status: Int
        var body: [UInt8]
    }

    private func kept(key: String, actor: String, since: Date) async throws -> Kept? {
        try await store.read { db in
            try Row.fetchOne(
                db, sql: "SELECT request, status, body FROM idempotency WHERE key = ? AND actor = ? AND at > ?",
                arguments: [key, actor, since]
            ).map { row in
                let body: Data = row["body"]
                return Kept(request: row["request"], status: row["status"], body: [UInt8](body))
            }
        }
    }

    private func keep(
        key: String, actor: String, request: String, status: Int, body: [UInt8], at now: Date
    ) async throws {
        try await store.write { db in
            try db.execute(
                sql: "DELETE FROM idempotency WHERE at <= ?", arguments: [now.addingTimeInterval(-Self.day)])
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO idempotency (key, actor, request, status, body, at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, arguments: [key, actor, request, status, Data(body), now])
        }
    }
}
