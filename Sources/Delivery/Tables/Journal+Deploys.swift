import Foundation
import GRDB
import Model
import Store

extension Journal {
    /// Queues a deploy; the same key again returns the one that was made for it.
    func queueDeploy(
        target: Target, kind: Deploy.Kind, sha: SHA, by: String, key: String?
    ) async throws -> Deploy {
        let now = Date()
        return try await store.write { db in
            if let key,
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM deploy WHERE targetID = ? AND idempotencyKey = ?",
                    arguments: [target.id, key])
            {
                return try Deploy(row: row)
            }
            try db.execute(
                sql: """
                    INSERT INTO deploy (targetID, kind, sha, state, requestedBy, idempotencyKey, queuedAt)
                    VALUES (?, ?, ?, 'queued', ?, ?, ?)
                    """, arguments: [target.id, kind.rawValue, sha.description, by, key, now])
            let deploy = Deploy(
                id: db.lastInsertedRowID, targetID: target.id, kind: kind, sha: sha, previousSHA: nil, state: .queued,
                requestedBy: by, queuedAt: now)
            try Self.log(deploy, app: target.app.id, "queued", in: db)
            return deploy
        }
    }

    func deploy(_ id: Int64) async throws -> Deploy { try await store.read { try Self.deploy(id, $0) } }

    static func deploy(_ id: Int64, _ db: Database) throws -> Deploy {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM deploy WHERE id = ?", arguments: [id])
        guard let row else { throw Failure(.notFound, "There is no deploy \(id)") }
        return try Deploy(row: row)
    }

    /// Deploys that have not ended, oldest first.
    func openDeploys(of target: Target? = nil) async throws -> [Deploy] {
        try await store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM deploy WHERE state IN ('queued', 'running', 'aborting') AND (? IS NULL OR targetID = ?)
                    ORDER BY id
                    """, arguments: [target?.id, target?.id]
            ).map(Deploy.init(row:))
        }
    }

    /// Deploys of the target, newest first.
    func deploys(of target: Target, before: Int64? = nil, limit: Int) async throws -> [Deploy] {
        try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM deploy WHERE targetID = ? AND id < ? ORDER BY id DESC LIMIT ?",
                arguments: [target.id, before ?? Int64.max, limit]
            ).map(Deploy.init(row:))
        }
    }

    /// The last deploy that ended well: what the target runs. With `before`, the one that did so before that deploy.
    func liveDeploy(of target: Target, before: Int64? = nil) async throws -> Deploy? {
        try await store.read { try Self.liveDeploy(ofTarget: target.id, before: before, $0) }
    }

    private static func liveDeploy(ofTarget target: Int64, before: Int64? = nil, _ db: Database) throws -> Deploy? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM deploy WHERE targetID = ? AND state = 'succeeded' AND id < ?
                ORDER BY endedAt DESC, id DESC LIMIT 1
                """, arguments: [target, before ?? Int64.max]
        ).map(Deploy.init(row:))
    }

    /// The rollback that followed a deploy which was aborted so.
    func rollback(of deploy: Deploy) async throws -> Deploy? {
        try await store.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM deploy WHERE rollbackOf = ?", arguments: [deploy.id])
                .map(Deploy.init(row:))
        }
    }

    /// Deploys of the target that ended well after `time`.
    func succeeded(since time: Date, of target: Target) async throws -> [Deploy] {
        try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM deploy WHERE targetID = ? AND state = 'succeeded' AND endedAt > ?",
                arguments: [target.id, time]
            ).map(Deploy.init(row:))
        }
    }

    /// False when it was aborted meanwhile.
    func startDeploy(_ deploy: Deploy, previous: SHA?, app: Int64) async throws -> Bool {
        let now = Date()
        return try await store.write { db in
            try db.execute(
                sql: """
                    UPDATE deploy SET state = 'running', startedAt = ?, previousSHA = ?
                    WHERE id = ? AND state = 'queued'
                    """, arguments: [now, previous?.description, deploy.id])
            guard db.changesCount == 1 else { return false }
            try Self.log(deploy, app: app, "started", in: db)
            return true
        }
    }

    /// Records that the deploy should end; a queued one is over at once. With `rollbackBy`, one rollback to the newest
    /// deploy that ended well follows its end: asked for again, it stays one.
    func requestAbort(_ deploy: Deploy, app: Int64, rollbackBy: String?) async throws {
        let now = Date()
        try await store.write { db in
            if let rollbackBy {
                try db.execute(
                    sql: """
                        UPDATE deploy SET rollbackBy = COALESCE(rollbackBy, ?)
                        WHERE id = ? AND state IN ('running', 'aborting')
                        """, arguments: [rollbackBy, deploy.id])
                guard db.changesCount == 1 else {
                    throw Failure(
                        .conflict, "Deploy \(deploy.id) does not run: there is nothing to abort and go back from")
                }
            }
            try db.execute(
                sql: """
                    UPDATE deploy SET state = 'aborted', reason = 'Aborted before it began', endedAt = ?
                    WHERE id = ? AND state = 'queued'
                    """, arguments: [now, deploy.id])
            try db.execute(
                sql: "UPDATE deploy SET state = 'aborting' WHERE id = ? AND state = 'running'", arguments: [deploy.id])
            try Self.log(deploy, app: app, "abort", in: db)
        }
    }

    func endDeploy(
        _ deploy: Deploy, app: Int64, _ state: Deploy.State, reason: String?, verification: Deploy.Verification?
    ) async throws {
        let text = try verification.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        let now = Date()
        try await store.write { db in
            let row = try Row.fetchOne(db, sql: "SELECT * FROM deploy WHERE id = ?", arguments: [deploy.id])
            guard let current = try row.map(Deploy.init(row:)), !current.state.isFinal else { return }
            // An abort that came while the end was made out counts all the same.
            let isLate = current.state == .aborting && state != .aborted
            try db.execute(
                sql: "UPDATE deploy SET state = ?, reason = ?, verification = ?, endedAt = ? WHERE id = ?",
                arguments: [
                    isLate ? Deploy.State.aborted.rawValue : state.rawValue, isLate ? "Aborted on request" : reason,
                    text, now, deploy.id,
                ])
            try Self.log(deploy, app: app, "ended", in: db)
            if let by = current.rollbackBy { try Self.queueRollback(of: current, by: by, app: app, at: now, in: db) }
        }
    }

    /// Goes back from a deploy that was aborted so, to the newest that ended well.
    private static func queueRollback(
        of deploy: Deploy, by: String, app: Int64, at time: Date, in db: Database
    ) throws {
        guard let live = try liveDeploy(ofTarget: deploy.targetID, db) else { return }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO deploy (targetID, kind, sha, state, requestedBy, rollbackOf, queuedAt)
                VALUES (?, 'rollback', ?, 'queued', ?, ?, ?)
                """, arguments: [deploy.targetID, live.sha.description, by, deploy.id, time])
        guard db.changesCount == 1 else { return }
        let rollback = try Row.fetchOne(db, sql: "SELECT * FROM deploy WHERE rollbackOf = ?", arguments: [deploy.id])
        if let rollback { try log(try Deploy(row: rollback), app: app, "queued", in: db) }
    }

    private static func log(_ deploy: Deploy, app: Int64, _ kind: String, in db: Database) throws {
        try Store.log("deploy/\(deploy.id)", kind, in: db)
        try Store.log("target/\(deploy.targetID)", "deploy", in: db)
        try Store.log("app/\(app)", "deploy", in: db)
    }
}
