import GRDB
import Stacks
import Store
import Synchronization

/// A database in memory that one run after the other is played on: making its tables takes longer than a run.
public final class Stage: Sendable {
    private let store: Store
    private let hook: Hooks

    private final class Hooks: Sendable {
        let current = Mutex<Box?>(nil)
    }

    /// Bare, a closure in a mutex gets one more wrapping at every look at it.
    private final class Box: Sendable {
        let hook: Store.Hook
        init(_ hook: @escaping Store.Hook) { self.hook = hook }
    }

    /// Makes the tables.
    public init() throws {
        let hook = Hooks()
        self.hook = hook
        store = try Store(migrations: StackService.migrations) { isWrite in
            try await hook.current.withLock { $0 }?.hook(isWrite)
        }
    }

    /// Plays on empty tables. One at a time.
    func use<T: Sendable>(
        _ body: @Sendable (Store) async throws -> T, beforeAccess: @escaping Store.Hook
    ) async throws -> T {
        try await store.write { db in
            for table in ["rolloutEntry", "container", "rollout", "service", "environment", "event", "sqlite_sequence"]
            {
                try db.execute(sql: "DELETE FROM \(table)")
            }
        }
        hook.current.withLock { $0 = Box(beforeAccess) }
        defer { hook.current.withLock { $0 = nil } }
        return try await body(store)
    }
}
