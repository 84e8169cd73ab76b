import Foundation
import GRDB
import Model
import Stacks
import Store

/// What Delivery has recorded: apps and targets. Commits, builds, images and deploys stand in the extensions.
struct Journal: Sendable {
    let store: Store

    // MARK: Apps

    func apps() async throws -> [App] {
        try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM app ORDER BY name").map(App.init(row:))
        }
    }

    func app(_ id: Int64) async throws -> App {
        guard let app = try await apps().first(where: { $0.id == id }) else {
            throw Failure(.notFound, "There is no app \(id)")
        }
        return app
    }

    func addApp(name: String, source: App.Source, branch: String, environments: [Environment]) async throws -> App {
        let url: String? = if case .remote(let url) = source { url } else { nil }
        return try await store.write { db in
            if try Bool.fetchOne(db, sql: "SELECT 1 FROM app WHERE name = ?", arguments: [name]) == true {
                throw Failure(.conflict, "There is an app \(name) already")
            }
            try db.execute(
                sql: "INSERT INTO app (name, url, branch, createdAt) VALUES (?, ?, ?, ?)",
                arguments: [name, url, branch, Date()])
            let id = db.lastInsertedRowID
            for environment in environments {
                try db.execute(
                    sql: "INSERT INTO target (appID, environmentID) VALUES (?, ?)", arguments: [id, environment.id])
            }
            try Store.log("app/\(id)", "added", in: db)
            try Store.log("apps", "added", in: db)
            return App(id: id, name: name, source: source, branch: branch, createdAt: Date())
        }
    }

    func removeApp(_ app: App) async throws {
        try await store.write { db in
            try db.execute(sql: "DELETE FROM app WHERE id = ?", arguments: [app.id])
            try Store.log("apps", "removed", in: db)
        }
    }

    /// Records what is wrong with the app, or that all is well again.
    func setProblem(_ problem: String?, of app: App) async throws {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE app SET problem = ? WHERE id = ? AND problem IS NOT ?",
                arguments: [problem, app.id, problem])
            if db.changesCount > 0 { try Store.log("app/\(app.id)", "problem", in: db) }
        }
    }

    /// The same, where nothing is known to be wrong yet.
    func noteProblem(_ problem: String, of app: App) async throws {
        try await store.write { db in
            try db.execute(
                sql: "UPDATE app SET problem = ? WHERE id = ? AND problem IS NULL", arguments: [problem, app.id])
            if db.changesCount > 0 { try Store.log("app/\(app.id)", "problem", in: db) }
        }
    }

    // MARK: Targets

    /// Makes a target of every app in the environment.
    func addTargets(in environment: Environment) async throws {
        try await store.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO target (appID, environmentID) SELECT id, ? FROM app",
                arguments: [environment.id])
        }
    }

    func targets(of app: App? = nil, environments: [Environment]) async throws -> [Target] {
        let apps = try await apps()
        return try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM target ORDER BY appID, id").compactMap { row in
                let (appID, environmentID): (Int64, Int64) = (row["appID"], row["environmentID"])
                guard let owner = apps.first(where: { $0.id == appID }), app == nil || owner.id == app?.id,
                    let environment = environments.first(where: { $0.id == environmentID })
                else { return nil }
                return Target(id: row["id"], app: owner, environment: environment)
            }
        }
    }
}
