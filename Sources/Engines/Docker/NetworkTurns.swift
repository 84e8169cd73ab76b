/// Has those who want the same network ask for it one after the other: an engine that is asked twice at once makes two of
/// one name, and then nobody can be in either.
actor NetworkTurns {
    static let shared = NetworkTurns()

    /// Those who wait, by what they wait for; none where it is free.
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs `body` while nobody else runs one for that place.
    func alone<R: Sendable>(at place: String, _ body: @Sendable () async throws -> R) async rethrows -> R {
        if waiting[place] == nil {
            waiting[place] = []
        } else {
            await withCheckedContinuation { waiting[place]?.append($0) }
        }
        defer { leave(place) }
        return try await body()
    }

    private func leave(_ place: String) {
        guard var others = waiting[place] else { return }
        if others.isEmpty {
            waiting[place] = nil
        } else {
            let next = others.removeFirst()
            waiting[place] = others
            next.resume()
        }
    }
}
