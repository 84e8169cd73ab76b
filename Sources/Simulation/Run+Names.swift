import Engines
import Model
import NameServer
import Stacks

/// A call of a service that has looked another's name up.
struct NameCall: Sendable {
    /// Who is called.
    var key: ServiceKey
    var address: String
    var lookedUpAt: Int
    var due: Int
}

/// Who has or had an address; none is given twice.
struct AddressOwner: Sendable {
    var id: String
    var name: String
    /// Whether calls of it may fail.
    var isExcused: Bool
}

/// Services that call each other by name. What a name server says may not be kept: the call follows within 300 ms.
extension Run {
    private static let longestDelay = 300

    /// Lets time go by, in which services call whom they were told of. Between two surveys nothing happens but what time
    /// brings.
    func move(to time: Int) {
        if !nameCalls.isEmpty {
            for call in nameCalls where call.due <= time { place(call) }
            nameCalls.removeAll { $0.due <= time }
        }
        clock.move(to: time)
    }

    /// Each service looks the other up, as the names are now, and is to call all that it is told.
    func lookUp(_ containers: [ObservedContainer]) {
        guard let names else { return }
        nameServer = containers.first { $0.labels[Label.names] != nil && $0.state == .running }?.id
        for vital in vitals {
            for address in vital.addresses {
                owners[address] = AddressOwner(
                    id: vital.id, name: vital.name,
                    isExcused: vital.isBlemished || owners[address]?.isExcused == true)
            }
        }
        // Without its name server, a service has the engine's names: those of all that run.
        guard nameServer != nil, let book = names.book(of: environment.id) else { return }
        for (index, caller) in scenario.services.enumerated() {
            let called = scenario.services[(index + 1) % scenario.services.count]
            let isNear = called.stack == caller.stack && callers.chance(50)
            let words = [called.name] + (isNear ? [] : [called.stack]) + [caller.name, caller.stack, NameBook.domain]
            guard case .addresses(let found) = book.find(words) else { continue }
            for address in found {
                nameCalls.append(
                    NameCall(
                        key: key((index + 1) % scenario.services.count), address: address.description,
                        lookedUpAt: clock.time, due: clock.time + callers.number(0...Self.longestDelay)))
            }
        }
    }

    private func place(_ call: NameCall) {
        outcome.callsByName += 1
        let owner = owners[call.address]
        let vital = vitals.first { $0.addresses.contains(call.address) }
        if let vital, vital.sidekick != nil {
            object("I11", "\(call.key) was called, and the name led to \(vital.name)")
        }
        if vital?.answers(at: call.due) == true || owner?.isExcused == true { return }
        if let owner, blemished.contains(owner.id) || hurt.contains(owner.id) { return }
        let since = "\(call.due - call.lookedUpAt) ms after its name was looked up"
        let state = vital.map { "\($0.state.rawValue) and doesn't answer" } ?? "gone"
        object("I11", "\(call.key) was called \(since), at \(owner?.name ?? call.address), which is \(state)")
    }

    /// In the end names lead to all that serve, and to nothing else.
    func judgeNames() {
        guard let names, judge.files.values.allSatisfy({ $0.goal != nil }) else { return }
        guard nameServer != nil, let book = names.book(of: environment.id) else {
            object("I11", "there is no name server")
            return
        }
        for index in scenario.services.indices {
            let key = key(index)
            guard judge.files[key]?.isAbandoned == false else { continue }
            let found = book.places[NameBook.Service(key.service, in: key.stack)] ?? []
            let named = found.flatMap { [$0.near?.description, $0.far?.description].compactMap(\.self) }.sorted()
            let serving = vitals.filter { $0.key == key && $0.isRunning && $0.sidekick == nil }.flatMap(\.addresses)
                .sorted()
            if named != serving || found.contains(where: { $0.near == nil || $0.far == nil }) {
                object("I11", "\(key): the name leads to \(named), and \(serving) serve")
            }
        }
    }
}
