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

/// One environment: its stacks and services, and whether they are what was tested.
struct EnvironmentPage: Sendable {
    var environment: Model.Environment
    var stacks: [StackView]
    var usage: [String: UsageHistory] = [:]
    var nameServer: NameServerView?
    /// What keeps the engine from being looked at.
    var failure: Failure?

    private var path: String { "/environments/\(environment.name)" }

    func render(_ context: PageContext) -> HTML {
        let open = stacks.flatMap(\.services).compactMap(\.rollout).filter { !$0.state.isFinal }
        return context.page(
            environment.name, section: .environments,
            topics: ["environment/\(environment.id)"] + open.map { "rollout/\($0.id)" }, every: 10,
            """
            \(Pieces.crumbs(("Environments", "/environments")))
            <div class="head"><div class="grow"><h1>\(environment.name)</h1>
            <div class="sub"><span class="mono small">\(environment.socket)</span><span class="small" data-live="sum">\(sum)</span></div></div>
            <div class="actions"><a class="button" href="\(path)/hosts">\(Icon.server)Hosts</a>\
            <a class="button" href="\(path)/secrets">Secrets</a></div></div>
            <div data-live="stacks">\(failure.map(Pieces.notice))\(content(context))</div>
            <div data-live="names">\(nameServer.map { names($0, context) })</div>
            <section class="narrow"><div class="bar"><h2>Deploy scripts</h2></div><div class="card pad">\(scripts(context))</div></section>
            """)
    }

    private var sum: HTML? {
        guard !stacks.isEmpty else { return nil }
        let services = stacks.flatMap(\.services)
        let ill = services.filter { ![.active, .upgrading, .stopped, .startedOnce].contains($0.state) }.count
        return """
            \(Words.count(stacks.count, "stack")), \(Words.count(services.count, "service")), \
            \(Words.count(services.map(\.current.count).reduce(0, +), "container"))\(", <strong class=\"t-bad\">\(ill) not well</strong>", if: ill > 0)
            """
    }

    /// Who answers when one service calls another by its name.
    private func names(_ server: NameServerView, _ context: PageContext) -> HTML {
        let text: HTML =
            if let address = server.address {
                """
                <p>Services find each other by name: the name server at <span class="mono">\(address)</span> leads to \
                containers that are fit.</p><div class="meta"><span class="mono wrap">\(server.name)</span>\
                \(server.startedAt.map { started -> HTML in "<span>started \(context.ago(started))</span>" })</div>
                """
            } else {
                """
                <p class="t-bad">The name server doesn't run (\(server.state.rawValue)): until it does, names lead to all \
                containers that run, fit or not.</p><div class="meta"><span class="mono wrap">\(server.name)</span></div>
                """
            }
        return
            "<section class=\"narrow\"><div class=\"bar\"><h2>Names</h2></div><div class=\"card pad\">\(text)</div></section>"
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
        let form = context.form("\(path)/engine-access", fields)
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
            let list = ServiceList(environment: environment, stack: stack, usage: usage, origin: .environment)
            return """
                <section><div class="bar"><h2><a class="plain" href="\(path)/stacks/\(stack.name)">\(stack.name)</a></h2>\
                <a class="small" href="\(path)/stacks/\(stack.name)">Links and events</a></div>\(list.html(context))</section>

                """
        }.joined()
    }
}
