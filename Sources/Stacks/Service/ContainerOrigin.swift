import GRDB
import Model

/// Where the containers of a generation came from.
struct ContainerOrigin: Sendable {
    /// The image with the digest that was recorded for the commit; nil where none was.
    var pinnedImage: String?
    /// The deploy whose script asked for them. Containers that were made again by hand are of the deploy before.
    var deployID: Int64?

    static func find(_ db: Database, generation: Int64) throws -> ContainerOrigin? {
        guard let rollout = try RolloutRecord.find(db, id: generation)?.rollout else { return nil }
        var origin = ContainerOrigin(pinnedImage: rollout.spec.pinnedImage, deployID: rollout.deployID)
        if origin.deployID == nil, let revision = rollout.revision {
            origin.deployID = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT deployID FROM rollout WHERE environmentID = ? AND stack = ? AND service = ?
                        AND revision = ? AND deployID IS NOT NULL AND id < ? ORDER BY id DESC LIMIT 1
                        """),
                arguments: [
                    rollout.environmentID, rollout.stack, rollout.service, revision.description, generation,
                ])
        }
        return origin
    }
}
