import Engines

/// What is to happen at which time, apart from what the server does.
struct Agenda: Sendable {
    enum Event: Sendable {
        /// The next `up` of a service.
        case up(Int)
        case cancel(Int64, Int)
        case accident(Scenario.Accident)
        /// A call that the client has given up takes effect.
        case effect(SimulatedCall, @Sendable () async throws -> Void)

        /// Whether it asks something of the server.
        var needsServer: Bool {
            switch self {
            case .up, .cancel: true
            case .accident, .effect: false
            }
        }
    }

    private var items: [(time: Int, event: Event)] = []

    var isEmpty: Bool { items.isEmpty }

    /// Things at the same time happen in the order in which they were added.
    mutating func add(_ event: Event, at time: Int) {
        let index = items.firstIndex { $0.time > time } ?? items.endIndex
        items.insert((time, event), at: index)
    }

    /// When the first happens.
    func next(withServer: Bool) -> Int? { items.first { withServer || !$0.event.needsServer }?.time }

    /// Takes the first that is due.
    mutating func take(upTo time: Int, withServer: Bool) -> Event? {
        guard let index = items.firstIndex(where: { withServer || !$0.event.needsServer }), items[index].time <= time
        else { return nil }
        return items.remove(at: index).event
    }

    /// Makes the first that asks something of the server due now.
    mutating func hurry(to time: Int) {
        guard let index = items.firstIndex(where: { $0.event.needsServer }), items[index].time > time else { return }
        let event = items.remove(at: index).event
        add(event, at: time)
    }
}
