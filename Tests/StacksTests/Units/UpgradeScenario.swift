import Engines
import Foundation
import Model
import StackFile
import Testing

@testable import Stacks

/// One of Rancher's own scenarios of an upgrade in service, as `cases.json` has them: steps that do something, and what
/// there must be after each.
struct UpgradeScenario: Decodable, Sendable, CustomTestStringConvertible {
    struct Step: Decodable, Sendable {
        enum CodingKeys: String, CodingKey {
            case act = "do"
            case composeFile = "docker_compose"
            case rancherFile = "rancher_compose"
            case expectedState = "expect_state"
            case expect, service, label = "with_label", count, state, managed, which, assert
        }

        var act: String?
        var composeFile: String?
        var rancherFile: String?
        var expectedState: String?
        var expect: String?
        var service: String?
        var label: [String: String]?
        var count: String?
        var state: States?
        var managed: Bool?
        var which: [String]?
        var assert: String?
    }

    /// `running`, or a list of such.
    struct States: Decodable, Sendable {
        var all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            all = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
        }
    }

    var name: String
    var steps: [Step]
    /// Where its compose files are.
    var folder = ""

    private enum CodingKeys: String, CodingKey { case name, steps }

    var testDescription: String { name }

    /// Those of a folder with `cases.json` in it; none where there is no such folder.
    static func all(in folder: String) throws -> [UpgradeScenario] {
        guard let data = FileManager.default.contents(atPath: "\(folder)/cases.json") else { return [] }
        return try JSONDecoder().decode([String: Loose].self, from: data)["cases"]?.scenarios.map { scenario in
            var scenario = scenario
            scenario.folder = "\(folder)/inservicedc"
            return scenario
        } ?? []
    }

    private struct Loose: Decodable {
        var scenarios: [UpgradeScenario]

        init(from decoder: any Decoder) throws {
            scenarios = (try? decoder.singleValueContainer().decode([UpgradeScenario].self)) ?? []
        }
    }
}

/// Plays a scenario against a stack service and holds what there is against what must be.
actor ScenarioPlayer {
    let scenario: UpgradeScenario
    let harbour: Harbour
    let stack: String
    let options: RolloutOptions
    /// What a file's service becomes on this engine.
    let adapt: @Sendable (inout ServiceSpec) -> Void
    private var spec = StackSpec(services: [])
    /// Ids by part, as they were before the second act: the upgrade.
    private var before: [String: Set<String>] = [:]
    private var acts = 0
    private var lastOptions: RolloutOptions?

    init(
        _ scenario: UpgradeScenario, _ harbour: Harbour, stack: String, options: RolloutOptions,
        adapt: @escaping @Sendable (inout ServiceSpec) -> Void
    ) {
        self.scenario = scenario
        self.harbour = harbour
        self.stack = stack
        self.options = options
        self.adapt = adapt
    }

    func play() async throws {
        for (index, step) in scenario.steps.enumerated() {
            let place = "\(scenario.name), step \(index + 1)"
            if let act = step.act { try await carryOut(act, step, place) }
            if step.expect == "containers" { try await expectContainers(step, place) }
            if step.expect == "same containers as before" { try await expectTheSame(step, place) }
            if let claim = step.assert { try await check(claim, place) }
        }
    }

    // MARK: Acts

    private func carryOut(_ act: String, _ step: UpgradeScenario.Step, _ place: String) async throws {
        let words = act.split(separator: " ").map(String.init)
        let number = { (flag: String) in
            words.firstIndex(of: flag).flatMap { words.indices.contains($0 + 1) ? Int(words[$0 + 1]) : nil }
        }
        if let file = step.composeFile {
            let files = [file] + [step.rancherFile].compactMap(\.self)
            let sources = try files.map { name in
                StackFileSource(
                    name: name.hasPrefix("rc") || name == "scale.yml" ? "rancher-compose.yml" : name,
                    text: try String(contentsOfFile: "\(scenario.folder)/\(name)", encoding: .utf8))
            }
            let result = try StackFiles.load(sources)
            #expect(result.notCarriedOut.isEmpty, "\(place): \(result.notCarriedOut)")
            spec = result.spec
            for index in spec.services.indices { adapt(&spec.services[index]) }
        }
        acts += 1
        if acts == 2 {
            before = Dictionary(grouping: try await containers().filter { !$0.parked }) { $0.sidekick ?? "primary" }
                .mapValues { Set($0.map(\.id)) }
        }
        var request = UpRequest(
            stack: stack, spec: words.first == "rm" ? StackSpec(services: []) : spec,
            upgrade: words.contains("--upgrade"), rollback: words.contains("--rollback"),
            confirmUpgrade: words.contains("--confirm-upgrade"), prune: words.first == "rm",
            batchSize: number("--batch-size"), interval: number("--interval"), options: options)
        if request.batchSize == nil { request.batchSize = 2 }
        // Waiting for real seconds shows nothing more.
        request.interval = request.interval.map { min($0, 100) }
        let outcomes = try await harbour.service.up(request, in: harbour.environment, pin: { _ in nil })
        for id in outcomes.compactMap(\.rolloutID) {
            let rollout = try await harbour.settled(id)
            #expect(rollout.state == .done, "\(place): \(rollout.state), \(rollout.reason ?? "")")
            lastOptions = rollout.options
        }
        if let state = step.expectedState { try await expect(state, place) }
    }

    /// `upgraded`: all well, the old ones stand by; `active`: all well, and after a confirmation nothing stands by.
    private func expect(_ state: String, _ place: String) async throws {
        let wanted: Bool? = state == "upgraded" ? true : nil
        try await harbour.until { [stack, harbour] service in
            let view = try await service.stacks(in: harbour.environment).first { $0.name == stack }
            guard view?.services.allSatisfy({ $0.state == .active }) == true else { return false }
            guard let wanted else { return true }
            return view?.services.flatMap(\.containers).contains(where: \.parked) == wanted
        }
    }

    // MARK: Claims

    private func containers() async throws -> [ContainerView] {
        try await harbour.service.stacks(in: harbour.environment).first { $0.name == stack }?.services
            .flatMap(\.containers) ?? []
    }

    private func view() async throws -> ServiceView? {
        try await harbour.service.stacks(in: harbour.environment).first { $0.name == stack }?.services.first
    }

    /// `test1`, or `test1-sk1` for a sidekick.
    private func part(_ name: String) -> String? {
        guard let primary = spec.services.first(where: { $0.placement?.sidekicks.isEmpty == false })?.name,
            name.hasPrefix(primary + "-")
        else { return nil }
        return String(name.dropFirst(primary.count + 1))
    }

    private func expectContainers(_ step: UpgradeScenario.Step, _ place: String) async throws {
        let part = part(step.service ?? "")
        let engine = harbour.engine
        let all = try await engine.containers(labels: [Label.instance: harbour.instance])
        // What is removed meanwhile is in one list and not in the other.
        let parked = Dictionary(try await containers().map { ($0.id, $0.parked) }) { first, _ in first }
        let found = all.filter { container in
            container.labels[Label.sidekick] == part
                && (step.label ?? [:]).allSatisfy { container.labels[$0.key] == $0.value }
                && parked[container.id] == (step.managed == false)
        }
        let count = step.count == "== active hosts" ? 1 : try await view()?.spec.scale ?? 0
        #expect(found.count == count, "\(place): \(found.map(\.name))")
        let isRunning = step.state?.all.contains("running") == true
        #expect(found.allSatisfy { ($0.state == .running) == isRunning }, "\(place): \(found.map(\.state))")
    }

    private func expectTheSame(_ step: UpgradeScenario.Step, _ place: String) async throws {
        let now = try await containers()
        for which in step.which ?? [] {
            let part = which.replacing("_containers", with: "")
            let ids = before[part] ?? []
            #expect(!ids.isEmpty, "\(place): there was no \(part)")
            let same = now.filter { ids.contains($0.id) }
            #expect(same.count == ids.count, "\(place): \(part) was replaced")
            let isRunning = step.state?.all.contains("running") == true
            #expect(same.allSatisfy { ($0.state == .running) == isRunning }, "\(place): \(part)")
        }
    }

    private func check(_ claim: String, _ place: String) async throws {
        let claim = claim.replacing("[\"", with: ".").replacing("\"]", with: "")
        switch claim {
        case "len(containers) == 0", "len(container_list) == 0":
            try await harbour.until { _ in try await !self.containers().contains(where: \.parked) }
        case "service.retainIp": #expect(try await view()?.spec.retainIP == true, "\(place)")
        case "service.retainIp is None": #expect(try await view()?.spec.retainIP == false, "\(place)")
        case let claim where claim.hasPrefix("service.upgrade.inServiceStrategy.batchSize == "):
            let size = claim.split(separator: " ").last.flatMap { Int($0) }
            #expect(lastOptions?.batchSize == size, "\(place)")
        // Intervals are shortened here; start-first is chosen by what the service is, where the files don't say.
        default: break
        }
    }
}
