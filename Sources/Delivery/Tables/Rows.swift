import Foundation
import GRDB
import Model

/// How rows become values. A column that can't be read is a defect of the database, told as a ``Failure``.
extension App {
    init(row: Row) {
        let url: String? = row["url"]
        self.init(
            id: row["id"], name: row["name"], source: url.map { .remote(url: $0) } ?? .hosted, branch: row["branch"],
            createdAt: row["createdAt"], problem: row["problem"])
    }
}

extension Commit {
    init(row: Row) throws {
        self.init(
            id: row["id"], appID: row["appID"], sha: try row.value("sha", SHA.init), authorName: row["authorName"],
            authorEmail: row["authorEmail"], committedAt: row["committedAt"], title: row["title"], body: row["body"],
            additions: row["additions"], deletions: row["deletions"], position: row["position"],
            seenAt: row["seenAt"], detachedAt: row["detachedAt"])
    }
}

extension Build {
    init(row: Row) throws {
        self.init(
            id: row["id"], appID: row["appID"], sha: try row.value("sha", SHA.init), attempt: row["attempt"],
            state: try row.value("state", State.init(rawValue:)), reason: row["reason"],
            cancelRequested: row["cancelRequested"], queuedAt: row["queuedAt"], startedAt: row["startedAt"],
            endedAt: row["endedAt"])
    }
}

extension Image {
    init(row: Row) throws {
        self.init(
            id: row["id"], appID: row["appID"], buildID: row["buildID"], sha: try row.value("sha", SHA.init),
            name: row["name"], location: row["location"], digest: try row.value("digest", Digest.init),
            pushedAt: row["pushedAt"])
    }
}

extension Deploy {
    init(row: Row) throws {
        let verification: String? = row["verification"]
        let previous: String? = row["previousSHA"]
        self.init(
            id: row["id"], targetID: row["targetID"], kind: try row.value("kind", Kind.init(rawValue:)),
            sha: try row.value("sha", SHA.init), previousSHA: previous.flatMap(SHA.init),
            state: try row.value("state", State.init(rawValue:)), reason: row["reason"],
            verification: try verification.map { try JSONDecoder().decode(Verification.self, from: Data($0.utf8)) },
            requestedBy: row["requestedBy"], rollbackBy: row["rollbackBy"], rollbackOf: row["rollbackOf"],
            queuedAt: row["queuedAt"], startedAt: row["startedAt"], endedAt: row["endedAt"])
    }
}

extension Row {
    /// The text column read by `parse`.
    func value<T>(_ column: String, _ parse: (String) -> T?) throws -> T {
        let text: String = self[column]
        guard let value = parse(text) else {
            throw Failure(.internal, "The database has \(text) as a \(column)")
        }
        return value
    }
}
