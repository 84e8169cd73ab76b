import Engines
import Foundation
import Testing

@testable import Stacks

@Suite struct UsageTests {
    private func usage(_ seconds: Double, _ processorTime: Double) -> ContainerUsage {
        ContainerUsage(at: Date(timeIntervalSince1970: seconds), processorTime: processorTime, memory: 1000)
    }

    @Test func `Two looks tell how busy it was between them`() {
        var history = UsageHistory()
        history.add(usage(100, 5))
        #expect(history.samples.isEmpty)
        history.add(usage(110, 10))
        #expect(history.samples.map(\.processors) == [0.5])
    }

    @Test func `A container that began anew has used nothing yet, and the same look counts once`() {
        var history = UsageHistory()
        for look in [usage(100, 50), usage(110, 1), usage(110, 1), usage(120, 2)] { history.add(look) }
        #expect(history.samples.map(\.processors) == [0.1])
    }

    @Test func `No more than an hour is kept`() {
        var history = UsageHistory()
        for second in stride(from: 0.0, through: 9000, by: 10) { history.add(usage(second, second)) }
        #expect(history.samples.count == UsageHistory.most)
        #expect(history.samples.first.map { $0.at.timeIntervalSince1970 >= 5400 } == true)
    }

    @Test func `Of containers that are gone nothing is kept`() async {
        let book = UsageBook()
        #expect(await book.isDue(1))
        #expect(await !book.isDue(1))
        for second in [10.0, 20] { await book.add(["a": usage(second, 1), "b": usage(second, 1)], to: 1) }
        await book.add(["a": usage(30, 2)], to: 1)
        let seen = await book.look(at: 1)
        #expect(seen.keys.sorted() == ["a"])
        #expect(seen["a"]?.samples.count == 2)
    }
}
