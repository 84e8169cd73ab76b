import Model
import Synchronization
import Testing

@Suite("Turns")
struct TurnsTests {
    private final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    @Test("Those who want the same place are let through one at a time, all of them")
    func oneAtATime() async {
        let (turns, journal) = (Turns<String>(), Journal())
        await withTaskGroup(of: Void.self) { group in
            for index in 1...50 {
                group.addTask {
                    await turns.alone(at: "edge") {
                        journal.note("in \(index)")
                        await Task.yield()
                        journal.note("out \(index)")
                    }
                }
            }
        }
        let all = journal.all
        #expect(all.count == 100)
        for place in stride(from: 0, to: all.count, by: 2) {
            #expect(all[place].replacing("in", with: "out") == all[place + 1])
        }
        #expect(Set(all).count == 100)
    }

    @Test("Another place is free, and one that was left by an error is too")
    func otherPlaces() async {
        let turns = Turns<Int>()
        await turns.alone(at: 1) {
            #expect(await turns.alone(at: 2) { "free" } == "free")
            let failure = await #expect(throws: Failure.self) {
                try await turns.alone(at: 2) { throw Failure(.failed, "broke off") }
            }
            #expect(failure?.code == .failed)
            #expect(await turns.alone(at: 2) { "free again" } == "free again")
        }
    }

    @Test("One that waits is let in when the one before it is out, in the order of arrival")
    func order() async {
        let (turns, journal) = (Turns<Int>(), Journal())
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            await turns.alone(at: 1) {
                journal.note("first")
                for await _ in gate { break }
            }
        }
        while journal.all.isEmpty { await Task.yield() }
        let second = Task { await turns.alone(at: 1) { journal.note("second") } }
        for _ in 0..<100 { await Task.yield() }
        #expect(journal.all == ["first"])
        opener.yield()
        await first.value
        await second.value
        #expect(journal.all == ["first", "second"])
    }
}
