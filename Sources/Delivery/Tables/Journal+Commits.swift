import Foundation
import GRDB
import Git
import Model
import Store

extension Journal {
    /// Name and state of all commits of the app.
    func knownCommits(of app: App) async throws -> [KnownCommit] {
        try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT sha, detachedAt FROM \"commit\" WHERE appID = ?", arguments: [app.id]).map
            {
                KnownCommit(sha: try $0.value("sha", SHA.init), isDetached: ($0["detachedAt"] as Date?) != nil)
            }
        }
    }

    /// Records the changes of the branch and queues builds, in one transaction. `fresh` has the details, newest first.
    func apply(_ changes: CommitChanges, fresh: [GitCommit], building: [SHA], of app: App) async throws {
        let now = Date()
        try await store.write { db in
            var position =
                try Int64.fetchOne(
                    db, sql: "SELECT MAX(position) FROM \"commit\" WHERE appID = ?", arguments: [app.id]) ?? 0
            for commit in fresh.reversed() {
                position += 1
                try db.execute(
                    sql: """
                        INSERT OR IGNORE INTO "commit" (appID, sha, authorName, authorEmail, committedAt, title, body,
                            additions, deletions, position, seenAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        app.id, commit.sha.description, commit.authorName, commit.authorEmail, commit.committedAt,
                        commit.title, commit.body, commit.additions, commit.deletions, position, now,
                    ])
            }
            for sha in changes.detached {
                try db.execute(
                    sql: "UPDATE \"commit\" SET detachedAt = ? WHERE appID = ? AND sha = ?",
                    arguments: [now, app.id, sha.description])
            }
            for sha in changes.reattached {
                try db.execute(
                    sql: "UPDATE \"commit\" SET detachedAt = NULL WHERE appID = ? AND sha = ?",
                    arguments: [app.id, sha.description])
            }
            // The head first: it is what people wait for.
            for sha in building {
                _ = try Self.queueBuild(of: app.id, sha: sha, at: now, in: db)
            }
            try Store.log("app/\(app.id)", "commits", in: db)
        }
    }

    /// Commits on the branch, newest first; those below `before` when it is given.
    func commits(of app: App, before: Int64? = nil, after: Int64? = nil, limit: Int) async throws -> [Commit] {
        try await store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM "commit" WHERE appID = ? AND detachedAt IS NULL AND position < ? AND position > ?
                    ORDER BY position DESC LIMIT ?
                    """,
                arguments: [app.id, before ?? Int64.max, after ?? -1, limit]
            ).map(Commit.init(row:))
        }
    }

    /// The commit of that name, on the branch or off it.
    func commit(_ sha: SHA, of app: App) async throws -> Commit? {
        try await store.read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM \"commit\" WHERE appID = ? AND sha = ?", arguments: [app.id, sha.description]
            ).map(Commit.init(row:))
        }
    }

    /// The one commit whose name begins so; throws when there is none or several.
    func commit(named text: String, of app: App) async throws -> Commit {
        let prefix = text.lowercased()
        guard prefix.utf8.count >= 4, prefix.utf8.count <= 40, prefix.allSatisfy(\.isHexDigit) else {
            throw Failure(.invalid, "\(text) is not a commit", hint: "Give a SHA, or at least its first four digits.")
        }
        let found = try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM \"commit\" WHERE appID = ? AND sha LIKE ? LIMIT 2",
                arguments: [app.id, prefix + "%"]
            ).map(Commit.init(row:))
        }
        guard let commit = found.first else {
            throw Failure(.notFound, "\(app.name) has no commit \(text) on \(app.branch)")
        }
        guard found.count == 1 else {
            throw Failure(.invalid, "Several commits of \(app.name) begin with \(text)", hint: "Give more digits.")
        }
        return commit
    }
}
