import NameServer

/// Tells name servers what names mean.
actor NamePublisher {
    private let store: any NameStore
    private var asked = 0
    private var latest = 0

    init(_ store: any NameStore) {
        self.store = store
    }

    /// Has them say what `load` says, by environment. Each call loads anew, so that an older wish never undoes a newer
    /// one: who was overtaken while it loaded is content with what the other wrote, which began later and knows more.
    func publish(_ load: @Sendable () async throws -> [Int64: NameBook]) async throws {
        asked += 1
        let turn = asked
        let books = try await load()
        guard turn > latest else { return }
        latest = turn
        for (environment, book) in books { try store.write(book, of: environment) }
    }

    /// Takes away what an environment's name server would say.
    func forget(_ environment: Int64) { store.forget(environment) }
}
