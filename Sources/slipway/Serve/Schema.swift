import Access
import Delivery
import Stacks
import Store
import Web

/// All tables of the database, in the order in which they are made.
enum Schema {
    static let migrations: [Migration] =
        Access.migrations + StackService.migrations + Delivery.migrations + WebServer.migrations
}
