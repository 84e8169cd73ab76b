import Engines
import Foundation
import Model
import Testing

@testable import Stacks

@Suite struct UnitsTests {
    func seen(
        _ id: String, _ generation: Int64, _ sidekick: String? = nil, slot: Int = 1,
        state: ObservedContainer.State = .running, admitted: Bool = false, parked: Bool = false
    ) -> SeenContainer {
        SeenContainer(
            member: .init(
                id: id, name: id, slot: slot, generation: generation, state: state, isAdmitted: admitted,
                isInEdge: admitted, parkedAt: parked ? Date(timeIntervalSince1970: 1) : nil),
            sidekick: sidekick)
    }

    func kind(_ generation: Int64, _ primary: Int64, _ sidekicks: [String: Int64], scale: Int = 1) -> UnitKind {
        var parts = PartGenerations(of: ServiceSpec(name: "web", image: "web"), all: primary)
        parts.sidekicks = sidekicks
        return UnitKind(generation: generation, parts: parts, scale: scale)
    }

    @Test func containersWithoutSidekicksStayAlone() {
        let all = [seen("a", 1), seen("b", 2)]
        #expect(units(of: all, goal: kind(2, 2, [:]), other: kind(1, 1, [:])) == all.map(\.member))
    }

    @Test func aUnitIsAsWellAsItsWorstPart() throws {
        let all = [seen("web", 1, admitted: true), seen("log", 1, "log", state: .exited)]
        let unit = try #require(units(of: all, goal: kind(1, 1, ["log": 1]), other: nil).first)
        #expect(unit.id == "web" && unit.state == .exited && unit.isWhole && unit.isAdmitted)
        let half = units(of: [seen("web", 1)], goal: kind(1, 1, ["log": 1]), other: nil)
        #expect(half.map(\.isWhole) == [false])
    }

    /// The primary was replaced: its sidekick, which didn't change, belongs to the old unit until the new has a primary.
    @Test func aKeptSidekickChangesOver() {
        let (old, new) = (kind(1, 1, ["log": 1]), kind(2, 2, ["log": 1]))
        let log = seen("log", 1, "log")
        let before = units(of: [seen("web1", 1, admitted: true), log], goal: new, other: old)
        #expect(before.map(\.generation) == [1])
        #expect(before.first?.parts.map(\.isKept) == [false, true])
        let beside = units(of: [seen("web1", 1, admitted: true), seen("web2", 2), log], goal: new, other: old)
        #expect(beside.map { $0.parts.map(\.id) } == [["web2", "log"], ["web1"]])
        let after = units(of: [seen("web1", 1, state: .exited, parked: true), log], goal: new, other: old)
        #expect(after.map(\.generation) == [2, 1])
        #expect(after.map(\.isWhole) == [false, true])
    }

    /// A sidekick was replaced: the primary, which didn't change, is the old unit's until that one's own is gone.
    @Test func aKeptPrimaryChangesOver() {
        let (old, new) = (kind(1, 1, ["log": 1]), kind(2, 1, ["log": 2]))
        let web = seen("web", 1, admitted: true)
        let before = units(of: [web, seen("log1", 1, "log")], goal: new, other: old)
        #expect(before.map(\.generation) == [1])
        let between = units(of: [web, seen("log1", 1, "log", state: .exited, parked: true)], goal: new, other: old)
        #expect(between.map(\.generation) == [2, 1])
        #expect(between.first?.isWhole == false)
        #expect(between.last?.parkedAt != nil && between.last?.parts.map(\.id) == ["log1"])
        let after = units(
            of: [web, seen("log1", 1, "log", state: .exited, parked: true), seen("log2", 2, "log")], goal: new,
            other: old)
        #expect(after.first?.isWhole == true && after.first?.id == "web")
        // Going back: the parked sidekick can be started again.
        let back = units(
            of: [web, seen("log1", 1, "log", state: .exited, parked: true), seen("log2", 2, "log")], goal: old,
            other: new)
        #expect(back.map(\.generation) == [1, 2])
        #expect(back.first?.parkedAt != nil && back.last?.parts.map(\.id) == ["log2", "web"].sorted { $0 > $1 })
    }

    /// Where fewer units are wanted, nothing is kept for those that go.
    @Test func nothingIsKeptBeyondTheScale() {
        let (old, new) = (kind(1, 1, ["log": 1], scale: 2), kind(2, 2, ["log": 1], scale: 1))
        let all = [
            seen("web", 1, slot: 2, admitted: true), seen("log", 1, "log", slot: 2),
        ]
        let members = units(of: all, goal: new, other: old)
        #expect(members.map(\.generation) == [1])
        #expect(members.first?.parts.contains(where: \.isKept) == false)
    }

    @Test func changedPartsTakeThoseAlongThatUseThem() {
        func spec(web: String, log: String, data: String) -> ServiceSpec {
            var service = ServiceSpec(name: "web", image: web)
            var sidekicks = [ServiceSpec(name: "log", image: log), ServiceSpec(name: "data", image: data)]
            sidekicks[0].storage = ContainerStorage()
            sidekicks[0].storage?.volumesFrom = ["data:ro"]
            service.sidekicks = sidekicks
            return service
        }
        let one = spec(web: "web:1", log: "log:1", data: "data:1")
        let first = PartGenerations(of: one, all: 1)
        let web = PartGenerations(of: spec(web: "web:2", log: "log:1", data: "data:1"), as: 2, after: (one, first))
        #expect(web.primary == 2 && web.sidekicks == ["log": 1, "data": 1])
        let data = PartGenerations(of: spec(web: "web:1", log: "log:1", data: "data:2"), as: 2, after: (one, first))
        #expect(data.primary == 1 && data.sidekicks == ["log": 2, "data": 2])
        #expect(one.partsInOrder.map(\.name) == ["web", "data", "log"])
    }

    @Test func whatIsMissingIsMadeAndWhatUsesItMadeAnew() {
        var web = ServiceSpec(name: "web", image: "web")
        var log = ServiceSpec(name: "log", image: "log")
        log.storage = ContainerStorage()
        log.storage?.volumesFrom = ["data"]
        web.sidekicks = [log, ServiceSpec(name: "data", image: "data")]
        #expect(web.partsToMake(standing: []).map(\.name) == ["web", "data", "log"])
        #expect(web.partsToMake(standing: ["web", "log"]).map(\.name) == ["data", "log"])
        #expect(web.partsToMake(standing: ["data", "log"]).map(\.name) == ["web"])
        #expect(web.partsToMake(standing: ["web", "data", "log"]).isEmpty)
    }

    @Test func imagesArePulledForPartsThatAreNew() {
        var web = ServiceSpec(name: "web", image: "web:2", alwaysPull: true)
        web.sidekicks = [
            ServiceSpec(name: "log", image: "log:1", alwaysPull: true), ServiceSpec(name: "twin", image: "web:2"),
        ]
        var parts = PartGenerations(of: web, all: 2)
        parts.sidekicks["log"] = 1
        let goal = UnitGoal(spec: web, generation: 2, parts: parts)
        let first = ImageNeeds(of: goal, pullsAll: false, isFirst: true)
        #expect(first.pulled == ["web:2"] && first.present == ["log:1"])
        let later = ImageNeeds(of: goal, pullsAll: true, isFirst: false)
        #expect(later.pulled.isEmpty && later.present == ["web:2", "log:1"])
    }

    @Test func servicesThatDontGoTogetherAreRefused() throws {
        func service(_ name: String, _ sidekicks: [String] = []) -> ServiceSpec {
            var spec = ServiceSpec(name: name, image: name)
            if !sidekicks.isEmpty {
                spec.placement = ServicePlacement()
                spec.placement?.sidekicks = sidekicks
            }
            return spec
        }
        let grouped = try StackSpec(services: [service("log"), service("web", ["log"])]).grouped()
        #expect(grouped.services.map(\.name) == ["web"])
        #expect(grouped.services.first?.sidekicks?.map(\.name) == ["log"])
        #expect(try grouped.grouped() == grouped)
        for bad in [
            [service("web", ["log"])], [service("web", ["log"]), service("api", ["log"]), service("log")],
            [service("web", ["web"])], [service("web", ["log"]), service("log", ["data"]), service("data")],
        ] {
            #expect(throws: Failure.self) { try StackSpec(services: bad).grouped() }
        }
    }
}
