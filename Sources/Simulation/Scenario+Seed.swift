import Model

extension Scenario {
    /// The scenario of a seed.
    public init(seed: Int) {
        var random = SplitMix(seed: seed)
        let hasTime = random.chance(80)
        var services: [Service] = []
        for index in 0..<(random.chance(30) ? 2 : 1) {
            services.append(Self.service(["orders", "mail"][index], hasTime, &random))
        }
        var accidents: [Accident] = []
        if random.chance(55) {
            for _ in 0..<random.number(1...3) { accidents.append(Self.accident(services, &random)) }
        }
        var weather = Weather()
        if random.chance(50) {
            weather.callFault = random.pick(0.5, 2, 6)
            weather.mostFaults = random.number(1...6)
            weather.mayRefuse = random.chance(10)
        }
        if random.chance(55) {
            weather.death = random.pick(0.5, 1.5, 5)
            weather.mostDeaths = random.number(1...5)
        }
        self.init(seed: seed, services: services, accidents: accidents, weather: weather, hasTime: hasTime)
        hosts = random.chance(20) ? 5 : 1
        addNames()
        addSidekicks()
    }

    /// Gives a service of every fifth seed one or two sidekicks. Draws on its own, so that other seeds are what they were.
    private mutating func addSidekicks() {
        var random = SplitMix(seed: seed, stream: 6)
        guard random.chance(20) else { return }
        var service = services.removeFirst()
        service.sidekicks = [Sidekick(name: "log")]
        if random.chance(40) { service.sidekicks.append(Sidekick(name: "data")) }
        if service.sidekicks.count > 1, random.chance(50) { service.sidekicks[0].uses = "data" }
        for index in service.sidekicks.indices where random.chance(40) {
            service.sidekicks[index].check = HealthCheck(
                port: 90, interval: random.pick(500, 2000), responseTimeout: 1000, healthyThreshold: 1,
                unhealthyThreshold: 3, initializingTimeout: 20_000)
        }
        for revision in service.changes.indices.map({ $0 + 1 }) {
            let isFirst = revision == 1
            var isChanged = isFirst || random.chance(65)
            service.versions[revision] = isChanged ? revision : service.versions[revision - 1] ?? revision
            for index in service.sidekicks.indices {
                let isLast = index == service.sidekicks.count - 1
                let changes = isFirst || random.chance(45) || isLast && !isChanged
                isChanged = isChanged || changes
                service.sidekicks[index].change(
                    at: revision, changes,
                    Self.temperament(service.sidekicks[index].check, random.chance(isFirst ? 6 : 25), &random))
            }
        }
        services.insert(service, at: 0)
    }

    /// Has services that aren't alone call each other. Draws on its own, so that other seeds are what they were.
    private mutating func addNames() {
        var random = SplitMix(seed: seed, stream: 5)
        guard services.count > 1, hosts == 1, random.chance(90) else { return }
        hasNames = true
        if random.chance(40) { services[1].stack = "office" }
        guard random.chance(40) else { return }
        let service = random.number(0...(services.count - 1))
        accidents.append(
            Accident(
                kind: random.pick(.unwritableNames, .nameServerLoss), service: service,
                change: random.number(0...(services[service].changes.count - 1)), delay: random.number(0...15_000),
                duration: random.number(1000...30_000), victim: random.number(0...2)))
    }

    private static func service(_ name: String, _ hasTime: Bool, _ random: inout SplitMix) -> Service {
        var check: HealthCheck?
        if random.chance(65) {
            check = HealthCheck(
                port: 80, requestLine: random.chance(70) ? "GET /health HTTP/1.0" : nil,
                interval: random.pick(500, 1000, 2000), responseTimeout: 1000, healthyThreshold: random.number(1...2),
                unhealthyThreshold: random.number(2...3), initializingTimeout: random.pick(15_000, 30_000),
                strategy: random.pick(.recreate, .recreate, .recreateOnQuorum, .none))
        }
        let options = RolloutOptions(
            batchSize: random.pick(1, 1, 2, 3), interval: random.pick(0, 0, 0, 2000, 10_000, 20_000),
            settle: random.pick(0, 500, 2000, 5000),
            deadline: hasTime ? 1_200_000 : random.number(2...20) * 1000, drain: random.pick(0, 1000, 5000, 30_000),
            park: random.pick(60_000, 600_000))
        var service = Service(
            name: name, hasPort: random.chance(80), check: check, startsFirst: random.chance(70), options: options,
            changes: [], temperaments: [:])
        let scale = random.number(1...3)
        let count = random.pick(1, 2, 2, 2, 3)
        for number in 1...count {
            let isFirst = number == 1
            var change = Change(
                revision: number, scale: random.chance(75) ? scale : random.number(0...4),
                waits: isFirst || random.chance(75), delay: isFirst ? random.number(0...500) : random.number(0...8000))
            if !isFirst, random.chance(8) {
                change.revision = number - 1
                change.isForced = random.chance(50)
            } else if !isFirst, random.chance(10) {
                change.isRollback = true
            }
            if random.chance(isFirst ? 4 : 14) { change.cancelAfter = random.number(0...9000) }
            service.changes.append(change)
            service.temperaments[number] = temperament(service.check, random.chance(isFirst ? 12 : 40), &random)
        }
        return service
    }

    private static func temperament(
        _ check: HealthCheck?, _ mayFail: Bool, _ random: inout SplitMix
    ) -> Temperament {
        var temperament = Temperament()
        let hasCheck = check != nil
        // Without a health check nothing but the settle time says when a container is ready.
        temperament.readyAfter = hasCheck ? random.number(0...3000) : 0
        temperament.ignoresTerm = random.chance(10)
        guard mayFail else { return temperament }
        switch random.number(0...6) {
        case 0: temperament.isRefused = true
        case 1: temperament.exitsAfter = random.pick(0, 200, 900)
        case 2: temperament.exitsAfter = random.number(2000...40_000)
        case 3: temperament.isMissing = true
        case 4: temperament.readyAfter = hasCheck ? nil : 0
        case 5: temperament.sickAfter = hasCheck ? random.number(3500...20_000) : nil
        default: temperament.readyAfter = hasCheck ? random.number(5000...12_000) : 0
        }
        return temperament
    }

    private static func accident(_ services: [Service], _ random: inout SplitMix) -> Accident {
        let service = random.number(0...(services.count - 1))
        let kind: FaultKind = random.pick(
            .engineOutage, .engineOutage, .engineOutage, .crash, .crashForGood, .vanish, .sickness, .edgeDeath,
            .edgeReturn, .emptyEdge, .serverDeath)
        let duration = kind == .engineOutage ? random.number(10...60) * 1000 : random.number(200...20_000)
        return Accident(
            kind: kind, service: service, change: random.number(0...(services[service].changes.count - 1)),
            delay: random.number(0...15_000), duration: duration, victim: random.number(0...7))
    }
}
