import GRDB
import Model

/// What is said of a stack as a whole.
enum StackNote {
    /// The descriptions of an environment's stacks, by their names.
    static func all(_ db: Database, _ environment: Environment) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT stack, description FROM stackNote WHERE environmentID = ?", arguments: [environment.id])
        return Dictionary(rows.map { ($0["stack"], $0["description"]) }) { first, _ in first }
    }

    /// Says it anew; an empty text takes back what was said.
    static func save(_ text: String, of stack: String, _ environment: Environment, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM stackNote WHERE environmentID = ? AND stack = ?", arguments: [environment.id, stack])
        guard !text.isEmpty else { return }
        try db.execute(
            sql: "INSERT INTO stackNote (environmentID, stack, description) VALUES (?, ?, ?)",
            arguments: [environment.id, stack, text])
    }
}
