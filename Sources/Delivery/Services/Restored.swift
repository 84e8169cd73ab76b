public import Foundation
import GRDB
import Model
import Pipeline
import Stacks
public import Store

/// What became of the work that was under way when a backup was made.
public struct RestoredWork: Hashable, Sendable {
    /// Builds that ended as failed.
    public var builds: Int
    /// Deploys that ended as failed.
    public var deploys: Int
    /// Deploys that waited and won't begin by themselves.
    public var queuedDeploys: Int

    public init(builds: Int, deploys: Int, queuedDeploys: Int) {
        self.builds = builds
        self.deploys = deploys
        self.queuedDeploys = queuedDeploys
    }
}

extension Delivery {
    /// Gives all that was under way in a copy of a database a true end, before a server uses it: its processes are
    /// elsewhere, or gone, and nothing may run twice. Builds that waited go on; deploys that did are not begun, since
    /// what was deployed after the backup is not known. Rollouts are cancelled: their services go back.
    public static func settle(restored store: Store, madeAt: Date, now: Date = Date()) async throws -> RestoredWork {
        let moment = "the backup of \(madeAt.formatted(.iso8601))"
        return try await store.write { db in
            let builds = try Int64.fetchAll(db, sql: "SELECT id FROM build WHERE state = 'running'")
            for id in builds {
                try StepTable.abandon(.build(id), at: now, in: db)
                try db.execute(
                    sql: "UPDATE build SET state = 'failed', reason = ?, endedAt = ? WHERE id = ?",
                    arguments: ["It was under way at \(moment), from which this server was restored", now, id])
                try Store.log("build/\(id)", "ended", in: db)
            }
            let deploys = try Row.fetchAll(
                db, sql: "SELECT id, state FROM deploy WHERE state IN ('queued', 'running', 'aborting')")
            for row in deploys {
                let (id, state): (Int64, String) = (row["id"], row["state"])
                try StepTable.abandon(.deploy(id), at: now, in: db)
                let reason =
                    state == "queued"
                    ? "It waited at \(moment), from which this server was restored: deploy again if it is still wanted"
                    : "It was under way at \(moment), from which this server was restored: how far its script came "
                        + "is not known; see what runs, and deploy again"
                try db.execute(
                    sql: "UPDATE deploy SET state = ?, reason = ?, endedAt = ?, rollbackBy = NULL WHERE id = ?",
                    arguments: [state == "running" ? "failed" : "aborted", reason, now, id])
                try db.execute(sql: "DELETE FROM token WHERE deployID = ?", arguments: [id])
                try Store.log("deploy/\(id)", "ended", in: db)
            }
            try StackService.cancelRollouts(becauseOf: "cancelled: it was under way at \(moment)", at: now, in: db)
            let queued = deploys.count { ($0["state"] as String) == "queued" }
            return RestoredWork(builds: builds.count, deploys: deploys.count - queued, queuedDeploys: queued)
        }
    }
}
