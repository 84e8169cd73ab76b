import NameServer

/// Tells name servers what names mean.
actor NamePublisher {
    nonisolated let store: any NameStore
    private var asked = 0
    private var latest = 0
    /// The last turn that failed, where none that began later went well.
    private var failed: Int?

    init(_ store: any NameStore) {
        self.store = store
    }

    /// Whether name servers may say what isn't so any more.
    var isBehind: Bool { failed != nil }

    /// Has them say what `load` says, by environment. Each call loads anew, so that an older wish never undoes a newer
    /// one: who was overtaken while it loaded is content with what the other wrote, which began later and knows more.
    func publish(_ load: @Sendable () async throws -> [Int64: NameBook]) async throws {
        asked += 1
        let turn = asked
        do {
            let books = try await load()
            if turn > latest {
                latest = turn
                for (environment, book) in books { try store.write(book, of: environment) }
            }
            if let failed, failed < turn { self.failed = nil }
        } catch {
            failed = max(failed ?? 0, turn)
            throw error
        }
    }

    /// Takes away what an environment's name server would say.
    func forget(_ environment: Int64) { store.forget(environment) }
}
