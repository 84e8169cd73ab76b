import Engines
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

@Suite struct RuntimeNamesTests {
    private static func service(_ name: String, _ containers: [String] = []) -> ServiceView {
        ServiceView(
            name: name, spec: ServiceSpec(name: name, image: "a:1"), state: .active,
            containers: containers.enumerated().map { index, name in
                ContainerView(
                    id: "abcd\(index)\(name)", name: name, slot: index + 1, image: "a:1", state: .running,
                    health: "running", serving: index > 0)
            })
    }

    private let names = RuntimeNames(stacks: [
        StackView(name: "shop", services: [service("web", ["w1", "w2"]), service("db")]),
        StackView(name: "blog", services: [service("web"), service("cache")]),
    ])

    @Test func findsWhatIsMeant() throws {
        #expect(try names.services(["shop"]).map(\.name.description) == ["shop/web", "shop/db"])
        #expect(
            try names.services(["cache", "shop/db", "cache"]).map(\.name.description) == ["blog/cache", "shop/db"])
        guard case .container(let container, let service) = try names.find("w2") else { throw Failure(.usage, "w2") }
        #expect(container.slot == 2 && service.name.description == "shop/web")
        guard case .container = try names.find("abcd0") else { throw Failure(.usage, "abcd0") }
        var compose = names
        compose.stack = "blog"
        #expect(try compose.services(["web"]).map(\.name.description) == ["blog/web"])
    }

    @Test(arguments: [
        ("web", Failure.Code.conflict, "Several stacks have a service web"),
        ("abcd", .conflict, "Several containers' ids begin with abcd"),
        ("shop/wbe", .notFound, "There is no stack, service or container shop/wbe"),
        ("nothing", .notFound, "There is no stack, service or container nothing"),
    ])
    func saysWhatIsWrong(text: String, code: Failure.Code, message: String) {
        let failure = #expect(throws: Failure.self) { try names.find(text) }
        #expect(failure?.code == code && failure?.message == message && failure?.hint?.isEmpty == false)
    }

    @Test func aCommandRunsInAContainerThatServes() throws {
        #expect(try ExecCommand.container("shop/web", in: names).name == "w2")
        #expect(#expect(throws: Failure.self) { try ExecCommand.container("blog/web", in: names) }?.code == .conflict)
        #expect(#expect(throws: Failure.self) { try ExecCommand.container("shop", in: names) }?.code == .usage)
    }

    @Test func startBringsBackTheScaleOfBefore() {
        var view = Self.service("web")
        #expect(StartCommand.scale(before: view) == 1)
        var (before, now) = (view.spec, view.spec)
        (before.scale, now.scale) = (4, 0)
        view.rollout = Rollout(
            id: 1, environmentID: 1, stack: "shop", service: "web", spec: now, previous: before,
            options: RolloutOptions(), state: .done, queuedAt: Date())
        #expect(StartCommand.scale(before: view) == 4)
    }
}

@Suite struct LogLinesTests {
    private func text(_ lines: LogLines, _ parts: String...) -> String {
        parts.map { String(decoding: lines.add(Array($0.utf8)), as: UTF8.self) }.joined()
            + String(decoding: lines.finish(), as: UTF8.self)
    }

    @Test func aLoneContainerIsPrintedAsItIs() {
        #expect(text(LogLines(of: .container("c"), isAlone: true), "a", "b\nc") == "ab\nc")
    }

    @Test func linesStandBehindTheirContainersNames() {
        let marked = "\u{1B}[36m2 │\u{1B}[0m one\n\u{1B}[33m7-1 │\u{1B}[0m t"
        #expect(
            text(LogLines(of: .service("web"), isAlone: false), marked, "wo\nplain\n")
                == "web-2 │ one\nweb-7-1 │ two\nweb │ plain\n")
        #expect(text(LogLines(of: .service("web"), isAlone: true), marked) == "2 │ one\n7-1 │ t\n")
        #expect(text(LogLines(of: .container("c1"), isAlone: false), "a\nb") == "c1 │ a\nc1 │ b\n")
    }

    @Test func framesAreTakenApart() {
        var rest: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 2, 104, 105, 2, 0, 0, 0, 0, 0, 0, 1, 33, 1, 0, 0]
        let parts = RemoteOutput.frames(&rest)
        #expect(parts.map(\.isError) == [false, true] && parts.map(\.bytes) == [[104, 105], [33]])
        #expect(rest == [1, 0, 0])
    }
}

@Suite struct RolloutFailureTests {
    private func failure(_ state: Rollout.State, _ reason: String) -> Failure? {
        RolloutFollower.failure(
            of: Rollout(
                id: 1, environmentID: 1, stack: "s", service: "web", spec: ServiceSpec(name: "web", image: "a:1"),
                options: RolloutOptions(), state: state, reason: reason, queuedAt: Date()))
    }

    @Test func exitStatusesTellFailuresApart() throws {
        #expect(failure(.done, "") == nil)
        #expect(failure(.rolledBack, "it is unhealthy")?.exitStatus == 3)
        #expect(failure(.failed, "it is unhealthy")?.exitStatus == 1)
        #expect(failure(.cancelled, "cancelled")?.exitStatus == 1)
    }

    /// The words are those with which the rule ends it.
    @Test func whatRanOutOfTimeIsToldApart() throws {
        var rollout = Rollout(
            id: 1, environmentID: 1, stack: "s", service: "web", spec: ServiceSpec(name: "web", image: "a:1"),
            options: RolloutOptions(), state: .rolling, queuedAt: Date())
        rollout.deadline = Date(timeIntervalSince1970: 0)
        let seen = RolloutObservation(members: [], generation: 1, edge: false)
        guard case .beginRollback(let reason) = nextStep(of: rollout, given: seen, now: Date()) else {
            throw Failure(.internal, "it goes on after its deadline")
        }
        for state in [Rollout.State.rolledBack, .failed, .rollbackFailed] {
            #expect(failure(state, reason)?.exitStatus == 4)
        }
    }
}
