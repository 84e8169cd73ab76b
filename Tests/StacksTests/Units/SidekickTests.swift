import Engines
import Foundation
import Model
import Store
import Testing

@testable import Stacks

/// A primary with two sidekicks on the simulated engine.
@Suite(.timeLimit(.minutes(1))) struct SidekickTests {
    let engine = SimulatedEngine(images: ["web:1", "web:2", "log:1", "log:2", "data:1", "data:2"])

    func specs(web: Int = 1, log: Int = 1, data: Int = 1, scale: Int = 2, startFirst: Bool? = nil) -> [ServiceSpec] {
        var primary = ServiceSpec(name: "web", image: "web:\(web)", scale: scale)
        primary.placement = ServicePlacement()
        primary.placement?.sidekicks = ["log", "data"]
        primary.startFirst = startFirst
        var sidekick = ServiceSpec(name: "log", image: "log:\(log)")
        sidekick.storage = ContainerStorage()
        sidekick.storage?.volumesFrom = ["data"]
        return [primary, sidekick, ServiceSpec(name: "data", image: "data:\(data)")]
    }

    func deploy(_ specs: [ServiceSpec], _ harbour: Harbour, force: Bool = false) async throws -> Rollout {
        let outcomes = try await harbour.up(specs, upgrade: true, force: force)
        #expect(outcomes.count == 1)
        return try await harbour.settled(outcomes.first?.rolloutID)
    }

    /// Ids of the standing containers of a part.
    func ids(_ part: String?, _ harbour: Harbour) async throws -> Set<String> {
        Set(try await harbour.containers("web").filter { !$0.parked && $0.sidekick == part }.map(\.id))
    }

    @Test func aUnitComesUpInOrderAndCarriesItsNames() async throws {
        let harbour = try await Harbour(engine: engine)
        let rollout = try await deploy(specs(), harbour)
        #expect(rollout.state == .done && rollout.serving == 2)
        let containers = try await harbour.containers("web")
        #expect(containers.count == 6)
        #expect(containers.allSatisfy { $0.state == .running })
        let log = try #require(await engine.plan(of: "production-shop-web-log-\(rollout.id)-1"))
        #expect(log.volumesFrom == ["production-shop-web-data-\(rollout.id)-1"])
        #expect(log.labels[Label.service] == "web" && log.labels[Label.sidekick] == "log")
        #expect(log.labels[Label.rancherService] == "shop/web/log")
        #expect(log.aliases.contains("log.web") && log.aliases.contains("log.web.shop"))
        let created = await engine.calls.filter { $0.verb == .create }.map(\.subject)
        let place = { (name: String) in created.firstIndex(of: "production-shop-web-\(name)\(rollout.id)-1") ?? -1 }
        #expect(place("data-") < place("log-"))
        #expect(try await harbour.up(specs(), upgrade: true).map(\.action) == [.unchanged])
        await harbour.stop()
    }

    @Test func oneThatIsOnlyCreatedIsNeverStarted() async throws {
        let harbour = try await Harbour(engine: engine)
        var specs = specs()
        specs[2].lifecycle = ContainerLifecycle()
        specs[2].lifecycle?.startOnCreate = false
        let rollout = try await deploy(specs, harbour)
        #expect(rollout.state == .done && rollout.serving == 2)
        _ = await harbour.service.tend(harbour.environment)
        let data = await engine.snapshot().filter { $0.labels[Label.sidekick] == "data" }
        #expect(data.map(\.state) == [.created, .created])
        specs[0].image = "web:2"
        #expect(try await deploy(specs, harbour).state == .done)
        #expect(await engine.snapshot().filter { $0.labels[Label.sidekick] == "data" } == data)
        await harbour.stop()
    }

    @Test(arguments: [nil, true]) func onlyWhatChangedIsReplaced(startFirst: Bool?) async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(startFirst: startFirst), harbour)
        let (log, data) = (try await ids("log", harbour), try await ids("data", harbour))
        #expect(try await deploy(specs(web: 2, startFirst: startFirst), harbour).state == .done)
        #expect(try await ids("log", harbour) == log)
        #expect(try await ids("data", harbour) == data)
        let web = try await ids(nil, harbour)
        // A sidekick alone, and the one that lives on its volumes; the primary stays.
        #expect(try await deploy(specs(web: 2, data: 2, startFirst: startFirst), harbour).state == .done)
        #expect(try await ids(nil, harbour) == web)
        #expect(try await ids("log", harbour).isDisjoint(with: log))
        #expect(try await ids("data", harbour).isDisjoint(with: data))
        let view = try await harbour.service.stacks(in: harbour.environment).first?.services.first
        #expect(view?.state == .active)
        #expect(view?.containers.filter { !$0.parked }.count == 6)
        // Back: the very containers that were parked.
        let outcome = try await harbour.up(specs(), rollback: true).first
        let back = try await harbour.settled(outcome?.rolloutID)
        #expect(back.state == .done, "\(back.reason ?? "") \(back.log.map(\.text))")
        #expect(try await ids("log", harbour) == log)
        #expect(try await ids(nil, harbour) == web)
        await harbour.stop()
    }

    @Test func rulesOfABalancerLeadToPrimariesAlone() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        var balancer = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy", scale: 0)
        var rule = LoadBalancer.Rule()
        (rule.sourcePort, rule.targetPort, rule.service) = (8088, 80, "web")
        balancer.loadBalancer = LoadBalancer()
        balancer.loadBalancer?.rules = [rule]
        balancer.ports = [PortMapping(hostPort: 8088, containerPort: 8088)]
        let key = ServiceKey(environmentID: harbour.environment.id, stack: "shop", service: "lb")
        let configuration = try await harbour.store.read { [balancer] db in
            try EdgeConfiguration(db, overlay: [key: balancer])
        }
        let addresses = Set(try await harbour.containers("web").filter { $0.sidekick == nil }.map(\.address))
        #expect(Set(configuration.services.flatMap(\.servers).map(\.address)) == addresses)
        #expect(addresses.count == 2)
        await harbour.stop()
    }

    @Test func aPlanNamesTheContainersOfPartsThatGo() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        func replaced(_ specs: [ServiceSpec], force: Bool = false) async throws -> Set<String> {
            let request = UpRequest(
                stack: "shop", spec: StackSpec(services: specs), upgrade: true, forceUpgrade: force)
            let plan = try await harbour.service.plan(request, in: harbour.environment) { _ in nil }
            return Set(plan.services.flatMap(\.replaced).map { $0.replacing("production-shop-web-", with: "") })
        }
        #expect(try await replaced(specs(web: 2)) == ["1-1", "1-2"])
        #expect(try await replaced(specs(data: 2)) == ["data-1-1", "data-1-2", "log-1-1", "log-1-2"])
        #expect(try await replaced(specs(), force: true).count == 6)
        #expect(try await replaced(specs(scale: 1)) == ["1-2", "data-1-2", "log-1-2"])
        await harbour.stop()
    }

    /// A slot's address is its primary's, whatever stands beside it.
    @Test func addressesOfSidekicksAreNotKeptForThePrimary() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(scale: 1), harbour)
        // Its sidekick is younger than the primary.
        _ = try await deploy(specs(log: 2, scale: 1), harbour)
        let before = try await harbour.containers("web").filter { !$0.parked }
        let own = try #require(before.first { $0.sidekick == nil }?.address)
        var next = specs(web: 2, log: 2, scale: 1)
        next[0].retainIP = true
        #expect(try await deploy(next, harbour).state == .done)
        let after = try await harbour.containers("web").first { !$0.parked && $0.sidekick == nil }
        #expect(after?.address == own)
        await harbour.stop()
    }

    @Test func forceReplacesAllOfIt() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        let before = Set(try await harbour.containers("web").map(\.id))
        #expect(try await deploy(specs(), harbour, force: true).state == .done)
        let standing = try await harbour.containers("web").filter { !$0.parked }
        #expect(standing.count == 6 && standing.allSatisfy { !before.contains($0.id) })
        await harbour.stop()
    }

    @Test func aBadSidekickTakesTheUpgradeBack() async throws {
        await engine.set(.failsToStart("exec: \"log\": not found"), for: "log:2")
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        let before = Set(try await harbour.containers("web").map(\.id))
        let failed = try await deploy(specs(web: 2, log: 2), harbour)
        #expect(failed.state == .rolledBack)
        #expect(failed.reason?.contains("not found") == true)
        let standing = try await harbour.containers("web").filter { !$0.parked }
        #expect(Set(standing.map(\.id)) == before)
        #expect(standing.allSatisfy { $0.state == .running })
        await harbour.stop()
    }

    @Test(arguments: ["web:2", "log:2", "data:2"]) func aUnitIsMadeWholeWhereTheEngineLostHoldOfAPart(_ image: String)
        async throws
    {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        await engine.loseHold(ofFirst: image)
        #expect(try await deploy(specs(web: 2, log: 2, data: 2), harbour).state == .done)
        let standing = try await harbour.containers("web").filter { !$0.parked }
        #expect(standing.count == 6 && standing.allSatisfy { $0.image.hasSuffix(":2") })
        await harbour.stop()
    }

    /// Found by the simulation: what goes on from the old unit went with the container that couldn't start.
    @Test func whatTheEngineLostHoldOfTakesNothingAlongThatGoesOn() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(), harbour)
        let kept = try await ids("data", harbour).union(try await ids("log", harbour))
        await engine.loseHold(ofFirst: "web:2")
        #expect(try await deploy(specs(web: 2), harbour).state == .done)
        #expect(try await ids("data", harbour).union(try await ids("log", harbour)) == kept)
        #expect(try await harbour.containers("web").filter { !$0.parked && $0.image == "web:2" }.count == 2)
        await harbour.stop()
    }

    @Test func scaleCountsUnits() async throws {
        let harbour = try await Harbour(engine: engine)
        _ = try await deploy(specs(scale: 3), harbour)
        #expect(try await deploy(specs(web: 2, scale: 1), harbour).state == .done)
        let standing = try await harbour.containers("web").filter { !$0.parked }
        #expect(standing.count == 3 && standing.allSatisfy { $0.slot == 1 })
        await harbour.stop()
    }

    @Test func whatVanishesOfAUnitIsMadeAgain() async throws {
        let harbour = try await Harbour(engine: engine)
        let first = try await deploy(specs(scale: 1), harbour)
        let (web, log) = (try await ids(nil, harbour), try await ids("log", harbour))
        await engine.vanish("production-shop-web-data-\(first.id)-1")
        try await harbour.until { service in
            let all = try await service.stacks(in: harbour.environment).first?.services.first?.containers ?? []
            return all.count == 3 && all.allSatisfy { $0.state == .running && $0.serving }
        }
        #expect(try await ids(nil, harbour) == web)
        // It lived on the volumes of the one that is gone.
        #expect(try await ids("log", harbour).isDisjoint(with: log))
        await harbour.stop()
    }

    /// The server dies at every call in turn; each time the next one brings the upgrade to its end.
    @Test(.timeLimit(.minutes(5))) func aDeathAtAnyCallChangesNothing() async throws {
        for (from, to) in [(specs(), specs(web: 2)), (specs(), specs(log: 2)), (specs(), specs(web: 2, data: 2))] {
            var count = 0
            var wasReached = true
            while wasReached {
                let engine = SimulatedEngine(images: ["web:1", "web:2", "log:1", "log:2", "data:1", "data:2"])
                let harbour = try await Harbour(engine: engine)
                #expect(try await deploy(from, harbour).state == .done)
                let deaths = Deaths(at: count)
                await engine.setHook(after: { call in try await deaths.count(call) })
                let outcome = try await harbour.up(to, upgrade: true).first
                let id = try #require(outcome?.rolloutID)
                try await harbour.until { _ in
                    let state = try await harbour.service.rollout(id).state
                    return await deaths.happened || state.isFinal
                }
                wasReached = await deaths.happened
                if wasReached { await harbour.restart() }
                await engine.setHook(after: nil)
                let rollout = try await harbour.settled(id)
                #expect(rollout.state == .done, "death at call \(count): \(rollout.reason ?? "")")
                let standing = try await harbour.containers("web").filter { !$0.parked }
                #expect(standing.count == 6 && standing.allSatisfy { $0.state == .running }, "death at call \(count)")
                let images = Set(standing.map(\.image))
                #expect(images == Set(to.map(\.image)), "death at call \(count)")
                await harbour.stop()
                count += 1
            }
            #expect(count > 5)
        }
    }
}

/// Counts the calls that change something; at one of them the server dies: nothing answers it any more.
private actor Deaths {
    private var left: Int
    private(set) var happened = false

    init(at count: Int) { left = count }

    func count(_ call: SimulatedCall) throws {
        guard [.create, .start, .stop, .remove].contains(call.verb) || happened else { return }
        if !happened, left > 0 {
            left -= 1
            return
        }
        happened = true
        throw Failure(.unavailable, "The server is dead")
    }
}
