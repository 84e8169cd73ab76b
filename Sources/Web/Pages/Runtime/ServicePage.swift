import Access
import Delivery
import Model
import Stacks

/// One service: its containers, where they came from, how busy they are, what they were made of, what happened.
struct ServicePage: Sendable {
    var place: ServicePlace
    var service: ServiceView
    var usage: [String: UsageHistory] = [:]
    /// By commit, as far as who looks may see them.
    var provenances: [SHA: Provenance] = [:]
    /// Newest first.
    var rollouts: [Rollout] = []
    /// Of a load balancer.
    var rules: [BalancerRow] = []

    func render(_ context: PageContext) -> HTML {
        let environment = place.environment
        return context.page(
            "\(service.name) in \(place.stack), \(environment.name)", section: .environments,
            topics: ["environment/\(environment.id)"]
                + rollouts.filter { !$0.state.isFinal }.map { "rollout/\($0.id)" },
            every: 10,
            """
            \(Pieces.crumbs(("Environments", "/environments"), (environment.name, "/environments/\(environment.name)"), (place.stack, place.stackPath)))
            <div class="head"><div class="grow"><h1>\(service.name)</h1>
            <div class="sub"><span class="mono small">\(service.spec.image)</span></div></div>
            <div class="actions">\(logs)\(controls.restart(context))</div></div>
            <div data-live="line">\(line(context))</div>
            <div data-live="notices">\(notices)</div>
            <div data-live="chains">\(chains(context))</div>
            \(running(context))
            <div class="duo"><section><div class="bar"><h2>Events</h2></div><div data-live="events">\(RolloutEvents(rollouts: rollouts).html(context))</div></section>
            <section><div class="bar"><h2>Configuration</h2><a class="small" href="/api/v1\(place.path)">JSON</a></div>
            <div class="card pad" data-live="configuration">\(ServiceConfiguration(spec: service.spec).html)</div></section></div>
            """)
    }

    private var controls: ServiceControls {
        ServiceControls(place: place, spec: service.spec, origin: .service)
    }

    private var logs: HTML? {
        guard service.spec.kind == .containers else { return nil }
        return "<a class=\"button\" href=\"\(place.path)/logs\">\(Icon.lines)Logs</a>"
    }

    /// What runs, or what a service without containers leads to.
    private func running(_ context: PageContext) -> HTML {
        let kind = service.spec.kind
        guard kind == .containers || !service.containers.isEmpty else {
            guard kind == .loadBalancer else {
                return
                    "<section><p class=\"card pad muted\">An \(kind.rawValue): it has no containers of its own.</p></section>"
            }
            return """
                <section><div class="bar"><h2>Rules</h2></div>
                <div data-live="rules"><div class="card service">\(BalancerTable(environment: place.environment, rows: rules).html)</div></div></section>
                """
        }
        return """
            <section><div class="bar"><h2>Containers</h2></div>
            <div data-live="containers">\(containers(context))</div></section>
            <section><div class="bar"><h2>Last hour</h2></div><div data-live="plots">\(plots(context))</div></section>
            """
    }

    private func line(_ context: PageContext) -> HTML {
        let badge = service.badge
        let proof = service.proof
        guard service.spec.kind == .containers else {
            return """
                <ol class="card deployline">
                <li><span class="what">State</span><strong class="t-\(badge.tone.rawValue)">\(badge.icon)\(badge.word)</strong></li>
                <li><span class="what">What it is</span><strong>\(service.spec.kind.rawValue)</strong></li>
                </ol>
                """
        }
        return """
            <ol class="card deployline">
            <li><span class="what">State</span><strong class="t-\(badge.tone.rawValue)">\(badge.icon)\(badge.word)</strong></li>
            <li><span class="what">Serving</span><strong>\(service.serving) of \(service.spec.scale) \(service.dots)</strong></li>
            <li><span class="what">Scale, until a deploy brings another</span>\(controls.scale(context))</li>
            <li><span class="what">Proof</span><strong class="t-\(proof?.tone.rawValue ?? "none")">\(proof.map { "\($0.icon)\($0.word)" as HTML } ?? "no digest is recorded")</strong></li>
            </ol>
            """
    }

    private var notices: HTML {
        var notices: [HTML] = []
        if service.state == .unknown {
            notices.append(
                Pieces.notice(
                    .bad, Icon.alert, "The engine doesn't answer",
                    "<p>What the service shall be is shown; what runs can't be seen until it does.</p>"))
        }
        if let open = rollouts.first(where: { !$0.state.isFinal }), open.state != .queued {
            notices.append(
                Pieces.notice(
                    Badge.of(open.state).tone, Badge.of(open.state).icon,
                    "\(Badge.of(open.state).word): \(open.serving) of \(open.spec.scale) serve",
                    open.log.last.map { "<p>\(Words.shortened($0.text))</p>" as HTML } ?? .empty))
        } else if let last = rollouts.first, [.failed, .rollbackFailed, .rolledBack].contains(last.state) {
            notices.append(
                Pieces.notice(
                    Badge.of(last.state).tone, Badge.of(last.state).icon,
                    "The last rollout: \(Badge.of(last.state).word.lowercased())",
                    last.reason.map { "<p>\(Words.shortened($0))</p>" as HTML } ?? .empty))
        }
        return notices.joined()
    }

    /// A picture for each commit that runs: one but in the middle of an upgrade.
    private func chains(_ context: PageContext) -> HTML? {
        // A sidekick's image may be of another app, or of none.
        let groups = Dictionary(grouping: service.current.filter { $0.sidekick == nil }) { $0.revision }
        let chains = provenances.values.sorted { $0.commit.position > $1.commit.position }.compactMap {
            provenance -> HTML? in
            guard let containers = groups[provenance.commit.sha] else { return nil }
            return ProvenanceChain(provenance: provenance, containers: containers).html(context)
        }
        guard !chains.isEmpty else { return nil }
        return "<section><div class=\"bar\"><h2>Where it comes from</h2></div>\(chains)</section>"
    }

    private func containers(_ context: PageContext) -> HTML {
        let current = ContainerTable(environment: place.environment, containers: service.current, usage: usage)
        let none: HTML =
            "<p class=\"pad muted small\">No containers\(service.spec.scale == 0 ? ": the scale is 0" : "").</p>"
        return "<div class=\"card service\">\(current.html(context) ?? none)\(parked(context))</div>"
    }

    /// Containers of before, which wait for a rollback, stand apart from those that run.
    private func parked(_ context: PageContext) -> HTML? {
        let parked = service.containers.filter(\.parked)
        guard !parked.isEmpty else { return nil }
        let table = ContainerTable(environment: place.environment, containers: parked, usage: [:])
        return """
            <details class="parked" id="parked"><summary>\(Icon.chevron)\(Words.count(parked.count, "container")) \
            of before, stopped and kept for a quick rollback</summary>\(table.html(context))</details>
            """
    }

    private func plots(_ context: PageContext) -> HTML {
        """
        <div class="plots"><div class="card pad">\(Plot.processors(service.current, usage, now: context.now).figure("CPU"))</div>
        <div class="card pad">\(Plot.memory(service.current, usage, now: context.now).figure("Memory"))</div></div>
        """
    }
}
