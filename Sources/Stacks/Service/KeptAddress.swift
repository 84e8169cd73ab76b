import Engines
import GRDB
import Model
import Store

/// The address of a slot of a service that keeps its addresses: recorded before a container has it, so that each that is
/// made anew in the slot gets the same.
enum KeptAddress {
    static let migration = Migration("stacks-5-addresses") { db in
        try db.create(table: "slotAddress") { t in
            t.column("environmentID", .integer).notNull().references("environment", onDelete: .cascade)
            t.column("stack", .text).notNull()
            t.column("service", .text).notNull()
            t.column("slot", .integer).notNull()
            t.column("address", .text).notNull()
            t.primaryKey(["environmentID", "stack", "service", "slot"])
        }
    }

    /// The recorded one, else the one that a container of the slot has or had, else a free one; nil where none is left.
    static func choose(
        slot: Int, of key: ServiceKey, in network: NetworkAddresses, _ db: Database
    ) throws -> String? {
        let rows = try Row.fetchAll(
            db, sql: "SELECT service, slot, address FROM slotAddress WHERE environmentID = ? AND stack = ?",
            arguments: [key.environmentID, key.stack])
        let own = rows.first { $0["service"] == key.service && $0["slot"] == slot }
        if let address = own?["address"] as String?, network.contains(address) { return address }
        let taken = Set(rows.map { $0["address"] as String })
        let had = try ContainerRecord.all(db, of: key).filter { $0.slot == slot && $0.sidekick == nil }
            .sorted { $0.generation > $1.generation }.compactMap(\.address)
            .first { network.contains($0) && !taken.contains($0) }
        guard let address = had ?? network.free(besides: taken) else { return nil }
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO slotAddress (environmentID, stack, service, slot, address)
                VALUES (?, ?, ?, ?, ?)
                """, arguments: [key.environmentID, key.stack, key.service, slot, address])
        return address
    }

    static func forget(_ key: ServiceKey, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM slotAddress WHERE environmentID = ? AND stack = ? AND service = ?",
            arguments: [key.environmentID, key.stack, key.service])
    }
}

extension StackService {
    /// The address that the container of a slot is to have. Throws `.conflict` where none can be given.
    func keptAddress(slot: Int, network: String, labels: [String: String], _ scene: Scene) async throws -> String {
        let key = scene.key
        guard let addresses = try await ensureNetwork(network, labels: labels, scene.engine) else {
            throw Failure(
                .conflict, "\(key) can't keep its address: the network \(network) was made without addresses to choose",
                hint: "It is made anew where the stack is brought up after all of its services were removed.")
        }
        let address = try await store.write { try KeptAddress.choose(slot: slot, of: key, in: addresses, $0) }
        guard let address else { throw Failure(.conflict, "The network \(network) has no free address for \(key)") }
        return address
    }
}
