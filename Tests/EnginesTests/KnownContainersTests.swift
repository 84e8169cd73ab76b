import DockerAPI
import Foundation
import Model
import Testing

@testable import Engines

@Suite("What is known of an engine's containers")
struct KnownContainersTests {
    private let running = ContainerSummary(id: "c1", names: ["/web"], state: "running")
    private let now = ContinuousClock.now

    private func container(_ state: ObservedContainer.State = .running) -> ObservedContainer {
        ObservedContainer(
            id: "c1", name: "web", image: "app:1", imageID: "sha256:1", labels: [:], state: state, createdAt: Date())
    }

    /// One container that was seen while a stream of events was open.
    private func known() -> KnownContainers {
        var known = KnownContainers()
        known.beginStream()
        known.keep(container(), running, ticket: known.ticket, now: now)
        return known
    }

    @Test("What was seen holds while the list says the same, for half a minute")
    func holds() {
        let known = known()
        #expect(known.container(running, now: now) != nil)
        #expect(known.container(running, now: now + .seconds(29)) != nil)
        #expect(known.container(running, now: now + .seconds(30)) == nil)
        #expect(known.container(ContainerSummary(id: "c1", names: ["/web"], state: "exited"), now: now) == nil)
        #expect(known.container(ContainerSummary(id: "c1", names: ["/shop"], state: "running"), now: now) == nil)
        #expect(known.container(ContainerSummary(id: "c2", names: ["/web"], state: "running"), now: now) == nil)
    }

    @Test("An event of it, or the end or the beginning of events, makes it unknown")
    func changes() {
        typealias Change = (inout KnownContainers) -> Void
        for change in [{ $0.forget("c1") }, { $0.endStream() }, { $0.beginStream() }] as [Change] {
            var known = known()
            change(&known)
            #expect(known.container(running, now: now) == nil)
        }
        var known = known()
        known.forget("c2")
        #expect(known.container(running, now: now) != nil)
    }

    @Test("What was on its way while the container changed isn't kept; another's change is no matter")
    func overtaken() {
        var known = KnownContainers()
        known.beginStream()
        var ticket = known.ticket
        known.forget("c1")
        known.keep(container(), running, ticket: ticket, now: now)
        #expect(known.container(running, now: now) == nil)
        ticket = known.ticket
        known.forget("c2")
        known.keep(container(), running, ticket: ticket, now: now)
        #expect(known.container(running, now: now) != nil)
        known.endStream()
        known.beginStream()
        known.keep(container(), running, ticket: ticket, now: now)
        #expect(known.container(running, now: now) == nil)
    }

    @Test("Nothing is kept without events, nor what is on its way to another state, nor what the engine checks")
    func unkept() {
        var known = KnownContainers()
        known.keep(container(), running, ticket: known.ticket, now: now)
        #expect(known.container(running, now: now) == nil)
        known.beginStream()
        for state in ObservedContainer.State.allCases where state != .running && state != .exited {
            let summary = ContainerSummary(id: "c1", state: state.rawValue)
            known.keep(container(state), summary, ticket: known.ticket, now: now)
            #expect(known.container(summary, now: now) == nil, "\(state)")
        }
        known.keep(container(.exited), running, ticket: known.ticket, now: now)
        #expect(known.container(running, now: now) == nil)
        var checked = container()
        checked.health = ObservedHealth(status: .healthy, failures: 0, at: nil, exitStatus: nil, output: nil)
        known.keep(checked, running, ticket: known.ticket, now: now)
        #expect(known.container(running, now: now) == nil)
    }

    @Test("Many changes are counted as one of all")
    func many() {
        var known = known()
        let ticket = known.ticket
        for number in 0...10_000 { known.forget("other\(number)") }
        #expect(known.container(running, now: now) == nil)
        known.keep(container(), running, ticket: ticket, now: now)
        #expect(known.container(running, now: now) == nil)
        known.keep(container(), running, ticket: known.ticket, now: now)
        #expect(known.container(running, now: now) != nil)
    }
}
