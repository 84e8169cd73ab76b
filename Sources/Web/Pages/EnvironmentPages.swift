import Access
import Engines
import Model
import Stacks

/// The places to run things.
struct EnvironmentsPage: Sendable {
    var environments: [Model.Environment]
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Environments", section: .environments,
            """
            <div class="head"><div class="grow"><h1>Environments</h1></div>
            <div class="actions"><a class="button" href="/secrets">Secrets</a></div></div>
            \(failure.map(Pieces.notice))
            \(list)
            \(adding(context), if: context.may(.configure, .server))
            """)
    }

    private func adding(_ context: PageContext) -> HTML {
        """
        <section class="narrow"><div class="bar"><h2>Add an environment</h2></div>
        <div class="card pad">\(context.form("/environments", kind: "stack", fields))</div></section>
        """
    }

    private var list: HTML {
        guard !environments.isEmpty else {
            return
                "<div class=\"card pad muted\">None yet. An environment is a place to run things: a Docker Engine with a name.</div>"
        }
        return "<ul class=\"card rows\">\(environments.map(row))</ul>"
    }

    private func row(_ environment: Model.Environment) -> HTML {
        let aliases = environment.aliases.joined(separator: ", ")
        return """
            <li class="line"><h3><a href="/environments/\(environment.name)">\(environment.name)</a></h3>
            <div class="meta">\("<span>also \(aliases)</span>", if: !aliases.isEmpty)<span class="mono">\(environment.socket)</span></div></li>

            """
    }

    private var fields: HTML {
        """
        <div class="field"><label for="name">Name</label>
        <input type="text" id="name" name="name" placeholder="staging" required autocapitalize="none"></div>
        <div class="field"><label for="aliases">Other names for it</label>
        <input type="text" id="aliases" name="aliases" placeholder="MyEnvironment, qa" autocapitalize="none">
        <p class="hint">What deploy scripts call it with --environment.</p></div>
        <div class="field"><label for="socket">Socket of the Docker Engine</label>
        <input type="text" id="socket" name="socket" value="/var/run/docker.sock" required autocapitalize="none"></div>
        <div><button class="primary">Add the environment</button></div>
        """
    }
}

/// One environment: its stacks, services and containers, and whether they are what was tested.
struct EnvironmentPage: Sendable {
    var environment: Model.Environment
    var stacks: [StackView]
    /// What keeps the engine from being looked at.
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            environment.name, section: .environments, topics: ["environment/\(environment.id)"],
            """
            \(Pieces.crumbs(("Environments", "/environments")))
            <div class="head"><div class="grow"><h1>\(environment.name)</h1>
            <div class="sub mono small">\(environment.socket)</div></div>
            <div class="actions"><a class="button" href="/environments/\(environment.name)/secrets">Secrets</a></div></div>
            <div data-live="stacks">\(failure.map(Pieces.notice))\(content(context))</div>
            <section class="narrow"><div class="bar"><h2>Deploy scripts</h2></div><div class="card pad">\(scripts(context))</div></section>
            """)
    }

    /// Whether scripts may use the engine's socket, and the button that changes it.
    private func scripts(_ context: PageContext) -> HTML {
        let (sentence, answer, button): (String, String, String) =
            environment.scriptsUseEngine
            ? (
                "They may use the engine's socket: whoever writes one can do anything on its machine.", "no",
                "Take it away"
            )
            : ("They can't use the engine's socket; rancher up and slipway work without it.", "yes", "Let them use it")
        let fields: HTML = "<input type=\"hidden\" name=\"scripts\" value=\"\(answer)\"><button>\(button)</button>"
        let form = context.form("/environments/\(environment.name)/engine-access", fields)
        return "<p>\(sentence)</p>\(form, if: context.may(.configure, .server))"
    }

    private func content(_ context: PageContext) -> HTML {
        guard !stacks.isEmpty || failure != nil else {
            return Pieces.empty(
                Icon.box, "Nothing runs here yet",
                "<p>Deploy an app to \(environment.name): its stack, services and containers appear here.</p><p><a class=\"button\" href=\"/\">Go to the apps</a></p>"
            )
        }
        return stacks.map { stack -> HTML in
            "<section><div class=\"bar\"><h2>\(stack.name)</h2></div>\(stack.services.map { service($0, context) })</section>"
        }.joined()
    }

    private func service(_ service: ServiceView, _ context: PageContext) -> HTML {
        let running = service.containers.filter { !$0.parked }
        let serving = running.filter(\.serving).count
        let rollout: HTML? = service.rollout?.deployID.map {
            "<a class=\"small\" href=\"/deploys/\($0)\">deploy #\($0)</a>"
        }
        return """
            <div class="card service"><div class="pad bar"><h3>\(service.name)</h3>\
            <span class="muted small">\(serving) of \(service.spec.scale) serving</span>\(proof(running))\(Self.badge(service.state).html)\(rollout)</div>
            \("<p class=\"pad muted small\">No containers.</p>", if: service.containers.isEmpty)
            \(table(running, context))\(parked(service, context))</div>

            """
    }

    private func table(_ containers: [ContainerView], _ context: PageContext) -> HTML? {
        guard !containers.isEmpty else { return nil }
        return """
            <table class="table containers"><thead><tr><th>Container</th><th>State</th><th>Health</th><th>Revision</th><th>Image</th><th>Started</th><th><span class="vh">More</span></th></tr></thead>
            <tbody>\(containers.map { container($0, context) })</tbody></table>
            """
    }

    /// Containers of before, which wait for a rollback, stand apart from those that run.
    private func parked(_ service: ServiceView, _ context: PageContext) -> HTML? {
        let parked = service.containers.filter(\.parked)
        guard !parked.isEmpty else { return nil }
        return """
            <details class="parked" id="parked-\(service.name)"><summary>\(Icon.chevron)\(Words.count(parked.count, "container")) \
            of before, stopped and kept for a quick rollback</summary>\(table(parked, context))</details>
            """
    }

    private func proof(_ containers: [ContainerView]) -> HTML? {
        let verdicts = containers.compactMap(\.matches)
        guard !verdicts.isEmpty else { return nil }
        return verdicts.allSatisfy { $0 }
            ? Badge(.good, Icon.check, "running what was tested").html
            : Badge(.bad, Icon.alert, "differs from what was tested").html
    }

    private func container(_ container: ContainerView, _ context: PageContext) -> HTML {
        let logs = "/environments/\(environment.name)/containers/\(container.id)/logs"
        let restarts = container.restarts > 0 ? " · \(Words.count(container.restarts, "restart"))" : ""
        let started: HTML? = container.startedAt.map { context.ago($0) }
        let revision: HTML? = container.revision.map { Pieces.sha($0) }
        return """
            <tr><td class="name"><code>\(container.name)</code></td><td data-label="State">\(state(container))</td>\
            <td data-label="Health">\(container.parked ? "–" : container.health)\(restarts)</td><td data-label="Revision">\(revision)</td>\
            <td data-label="Image">\(image(container))</td>\
            <td data-label="Started">\(started)</td><td><a href="\(logs)">Logs</a></td></tr>

            """
    }

    /// The digest, and whether it is the one that was recorded when the commit was tested.
    private func image(_ container: ContainerView) -> HTML {
        let digest: HTML = container.imageDigest.map { Pieces.digest($0) } ?? "<span class=\"muted\">no digest</span>"
        switch container.matches {
        case true: return "\(digest) <span class=\"yes\">\(Icon.check)<span class=\"vh\">as tested</span></span>"
        case false: return "\(digest) \(Badge(.bad, Icon.alert, "not as tested").html)"
        default: return digest
        }
    }

    private static func badge(_ state: ServiceView.State) -> Badge {
        switch state {
        case .active: Badge(.good, Icon.check, "Active")
        case .upgrading: Badge(.busy, Icon.spinner, "Upgrading")
        case .rollingBack: Badge(.warn, Icon.spinner, "Rolling back")
        case .degraded: Badge(.warn, Icon.alert, "Degraded")
        case .down: Badge(.bad, Icon.cross, "Down")
        case .stopped: Badge(.quiet, Icon.minus, "Stopped")
        case .unknown: Badge(.bad, Icon.alert, "Engine doesn't answer")
        }
    }

    private func state(_ container: ContainerView) -> HTML {
        let state = container.state.rawValue
        if container.parked { return Badge(.quiet, Icon.minus, "parked").html }
        if container.health == "draining" { return Badge(.busy, Icon.spinner, "draining").html }
        return state == "running" ? Badge(.good, Icon.check, state).html : Badge(.bad, Icon.cross, state).html
    }
}
