import Foundation
import GRDB
import Model
import Pipeline
import Store

extension Journal {
    static func queueBuild(of app: Int64, sha: SHA, at time: Date, in db: Database) throws -> Build {
        let attempt =
            try Int.fetchOne(
                db, sql: "SELECT MAX(attempt) FROM build WHERE appID = ? AND sha = ?",
                arguments: [app, sha.description]) ?? 0
        try db.execute(
            sql: "INSERT INTO build (appID, sha, attempt, state, queuedAt) VALUES (?, ?, ?, 'queued', ?)",
            arguments: [app, sha.description, attempt + 1, time])
        let build = Build(
            id: db.lastInsertedRowID, appID: app, sha: sha, attempt: attempt + 1, state: .queued, queuedAt: time)
        try log(build, "queued", in: db)
        return build
    }

    /// Queues another build of the commit, unless one waits or runs: that one is returned then.
    func queueBuild(of app: App, sha: SHA) async throws -> Build {
        try await store.write { db in
            let open = try Row.fetchOne(
                db, sql: "SELECT * FROM build WHERE appID = ? AND sha = ? AND state IN ('queued', 'running')",
                arguments: [app.id, sha.description])
            if let open { return try Build(row: open) }
            return try Self.queueBuild(of: app.id, sha: sha, at: Date(), in: db)
        }
    }

    func build(_ id: Int64) async throws -> Build {
        let found = try await store.read {
            try Row.fetchOne($0, sql: "SELECT * FROM build WHERE id = ?", arguments: [id]).map(Build.init(row:))
        }
        guard let found else { throw Failure(.notFound, "There is no build \(id)") }
        return found
    }

    func knowsBuild(_ id: Int64) async throws -> Bool {
        try await store.read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM build WHERE id = ?)", arguments: [id]) ?? false
        }
    }

    /// Builds that wait or run, in the order they should be taken.
    func openBuilds() async throws -> [Build] {
        try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM build WHERE state IN ('queued', 'running') ORDER BY state = 'queued', id"
            ).map(Build.init(row:))
        }
    }

    /// All builds of the commits, newest first.
    func builds(of app: App, shas: [SHA]) async throws -> [Build] {
        try await store.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM build WHERE appID = ? AND sha IN (\(Self.marks(shas.count))) ORDER BY attempt DESC",
                arguments: StatementArguments([app.id]) + StatementArguments(shas.map(\.description))
            ).map(Build.init(row:))
        }
    }

    /// False when it was cancelled meanwhile.
    func startBuild(_ build: Build) async throws -> Bool {
        let now = Date()
        return try await store.write { db in
            try db.execute(
                sql: "UPDATE build SET state = 'running', startedAt = ? WHERE id = ? AND state = 'queued'",
                arguments: [now, build.id])
            guard db.changesCount == 1 else { return false }
            try Self.log(build, "started", in: db)
            return true
        }
    }

    /// Records that the build should end; a queued one is over at once.
    func requestCancel(_ build: Build) async throws {
        let now = Date()
        try await store.write { db in
            try db.execute(
                sql: """
                    UPDATE build SET state = 'cancelled', reason = 'Cancelled before it began', endedAt = ?
                    WHERE id = ? AND state = 'queued'
                    """, arguments: [now, build.id])
            try db.execute(
                sql: "UPDATE build SET cancelRequested = 1 WHERE id = ? AND state = 'running'", arguments: [build.id])
            try Self.log(build, "cancel", in: db)
        }
    }

    /// Records the end of a build and the image that it produced, in one transaction.
    func endBuild(_ build: Build, _ state: Build.State, reason: String?, product: BuildProduct?) async throws {
        let now = Date()
        try await store.write { db in
            try db.execute(
                sql: "UPDATE build SET state = ?, reason = ?, endedAt = ? WHERE id = ?",
                arguments: [state.rawValue, reason, now, build.id])
            if let product {
                try db.execute(
                    sql: """
                        INSERT INTO image (appID, buildID, sha, name, location, digest, pushedAt)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        build.appID, build.id, build.sha.description, product.name, product.location,
                        product.digest.description, now,
                    ])
            }
            try Self.log(build, "ended", in: db)
        }
    }

    /// The newest image of each commit.
    func images(of app: App, shas: [SHA]) async throws -> [SHA: Image] {
        let images = try await store.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM image WHERE appID = ? AND sha IN (\(Self.marks(shas.count))) ORDER BY id",
                arguments: StatementArguments([app.id]) + StatementArguments(shas.map(\.description))
            ).map(Image.init(row:))
        }
        return Dictionary(images.map { ($0.sha, $0) }, uniquingKeysWith: { $1 })
    }

    /// The newest image of that name and commit, of whichever app.
    func image(named name: String, sha: SHA) async throws -> Image? {
        try await store.read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM image WHERE name = ? AND sha = ? ORDER BY id DESC",
                arguments: [name, sha.description]
            ).map(Image.init(row:))
        }
    }

    /// The app that has built an image of that name, the first by name; nil where none has.
    func app(ofImage name: String) async throws -> App? {
        try await store.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT * FROM app WHERE id IN (SELECT appID FROM image WHERE name = ?) ORDER BY name LIMIT 1
                    """, arguments: [name]
            ).map(App.init(row:))
        }
    }

    /// Names of all images of the app.
    func imageNames(of app: App) async throws -> [String] {
        try await store.read {
            try String.fetchAll($0, sql: "SELECT DISTINCT name FROM image WHERE appID = ?", arguments: [app.id])
        }
    }

    private static func log(_ build: Build, _ kind: String, in db: Database) throws {
        try Store.log("build/\(build.id)", kind, in: db)
        try Store.log("app/\(build.appID)", "build", in: db)
    }

    static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
