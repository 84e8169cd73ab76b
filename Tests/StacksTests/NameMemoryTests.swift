import Foundation
import Testing

@testable import Stacks

@Suite("What is remembered of names")
struct NameMemoryTests {
    private let drainStart = Date(timeIntervalSince1970: 1000)

    private func after(_ seconds: Double) -> Date { drainStart.addingTimeInterval(seconds) }

    @Test("Who drains may be called for a moment by those who were told of it before")
    func named() {
        var memory = NameMemory()
        memory.places[7] = .init(machine: "172.18.0.1", server: "172.18.255.254")
        #expect(memory.namedUntil(since: drainStart, in: 7) == after(0.3))
        #expect(memory.namedUntil(since: drainStart, in: 8) == nil)
    }

    @Test("So it is when the name server went away since, for it told nothing afterwards")
    func ended() {
        var memory = NameMemory()
        memory.ended[7] = after(-60)
        #expect(memory.namedUntil(since: drainStart, in: 7) == after(-60).addingTimeInterval(0.3))
        memory.ended[7] = after(60)
        #expect(memory.namedUntil(since: drainStart, in: 7) == after(0.3))
        #expect(memory.namedUntil(since: drainStart, in: 8) == nil)
    }
}
