import Access
import Delivery
import Model

/// One deploy: where it stands, its script, its rollouts, and what was found in the end.
struct DeployPage: Sendable {
    var view: DeployView
    var logs: [Int: LogBox] = [:]

    private var deploy: Deploy { view.deploy }
    private var target: Target { view.target }

    func render(_ context: PageContext) -> HTML {
        context.page(
            "\(deploy.kind.noun) #\(deploy.id) of \(target.slug)", section: .apps,
            topics: ["deploy/\(deploy.id)", "target/\(target.id)", "environment/\(target.environment.id)"]
                + view.rollouts.map { "rollout/\($0.id)" },
            """
            \(Pieces.crumbs(("Apps", "/"), (target.app.name, "/apps/\(target.app.name)"), (target.environment.name, Pieces.path(target))))
            <div class="head"><div class="grow"><h1>\(deploy.kind.noun) #\(deploy.id)</h1>
            <div class="sub"><div class="change" data-live="change">\(change)</div></div></div>
            <div class="actions" data-live="actions">\(actions(context))</div></div>
            <div data-live="line">\(line(context))</div>
            <div data-live="notices">\(notices)</div>
            <div class="duo"><div data-live="rollouts">\(rollouts(context))</div>
            <div><section><div class="bar"><h2>Script</h2></div>\(StepList(steps: view.steps, logs: logs).html(context))</section>
            <div data-live="commits">\(commits(context))</div></div></div>
            """)
    }

    private var change: HTML {
        // A queued deploy learns what it replaces when it starts.
        let previous = deploy.previousSHA ?? (deploy.state == .queued ? view.previous?.sha : nil)
        let old: HTML = previous.map { Pieces.sha($0) } ?? "<span>first deploy</span>"
        return "\(old)\(Icon.arrow)\(Pieces.sha(deploy.sha, kind: "new"))<span>\(Pieces.title(view.commit))</span>"
    }

    private func line(_ context: PageContext) -> HTML {
        let badge = Badge.of(deploy.state)
        let position: HTML? = deploy.state == .queued ? "<span class=\"muted small\">\(queue)</span>" : nil
        return """
            <ol class="card deployline">
            <li><span class="what">State</span><strong class="t-\(badge.tone.rawValue)">\(badge.icon)\(badge.word)</strong>\(position)</li>
            <li><span class="what">Asked for by</span><strong>\(deploy.requestedBy)</strong></li>
            <li><span class="what">\(deploy.startedAt == nil ? "Queued" : "Started")</span><strong>\(context.ago(deploy.startedAt ?? deploy.queuedAt))</strong></li>
            <li><span class="what">\(deploy.state.isFinal ? "Took" : "Running for")</span><strong>\(context.took(deploy.startedAt, deploy.endedAt) ?? "–")</strong></li>
            </ol>
            """
    }

    private var queue: String {
        view.position == 0 ? "next in line" : "\(Words.count(view.position, "deploy")) before it"
    }

    private var notices: HTML {
        let badge = Badge.of(deploy.state)
        let reason: HTML? = deploy.reason.map { Pieces.notice(badge.tone, badge.icon, $0) }
        return "\(Pieces.holdUp(view.notice))\(reason)\(turns)\(unmended)\(Verdict(deploy).notice)"
    }

    /// The rollback that followed an abort, and the deploy that a rollback goes back from.
    private var turns: HTML {
        let from: HTML? = deploy.rollbackOf.map {
            Pieces.notice(
                .busy, Icon.back, "Asked for with the abort of deploy #\($0)", "<a href=\"/deploys/\($0)\">See it</a>")
        }
        let to: HTML? = view.rollback.map {
            Pieces.notice(
                Badge.of($0.state).tone, Icon.back, "Rolled back to \($0.sha.short) by deploy #\($0.id)",
                "<a href=\"/deploys/\($0.id)\">Follow it</a>")
        }
        return "\(from)\(to)"
    }

    /// What a person does where going back failed too.
    private var unmended: HTML? {
        let services = view.rollouts.filter { $0.state == .rollbackFailed }.map { "\($0.stack)/\($0.service)" }
        guard !services.isEmpty else { return nil }
        return Pieces.notice(
            .bad, Icon.alert, "\(services.joined(separator: ", ")): neither the new nor the old revision gets healthy",
            """
            <p class="hint">Whatever is healthy goes on serving, and nothing more happens by itself. Look at the logs of \
            the containers on <a href="/environments/\(target.environment.name)">the page of their environment</a>, mend \
            what both revisions need, then deploy either of them again.</p>
            """)
    }

    private func actions(_ context: PageContext) -> HTML {
        guard context.may(.deploy, target.resource) else { return .empty }
        if !deploy.state.isFinal { return abortion(context) }
        let path = Pieces.path(target)
        let again: HTML =
            "<a class=\"button\" href=\"\(path)/plan?revision=\(deploy.sha.description)\">Deploy \(deploy.sha.short) again</a>"
        let back: HTML? = view.previous.flatMap { previous in
            guard previous.sha != deploy.sha else { return nil }
            let verb: HTML = deploy.kind == .rollback ? "Deploy" : "\(Icon.back)Roll back to"
            return
                "<a class=\"button\" href=\"\(path)/plan?revision=\(previous.sha.description)\">\(verb) \(previous.sha.short)</a>"
        }
        return deploy.state == .succeeded ? "\(back)" : "\(again)\(back)"
    }

    /// The ways to end it; the second brings back what ran before.
    private func abortion(_ context: PageContext) -> HTML {
        let path = "/deploys/\(deploy.id)/abort"
        var back: HTML?
        if deploy.state != .queued, deploy.rollbackBy == nil, let previous = view.previous {
            back = context.form(
                path,
                """
                <input type="hidden" name="rollback" value="1"><button class="danger">\(Icon.back)\
                \(deploy.state == .aborting ? "Roll" : "Abort and roll") back to \(previous.sha.short)</button>
                """)
        }
        if deploy.state == .aborting {
            let next = deploy.rollbackBy == nil ? "Aborting…" : "Aborting, then going back…"
            return "<span class=\"muted small\">\(next)</span>\(back)"
        }
        return "\(context.form(path, "<button class=\"danger\">Abort</button>"))\(back)"
    }

    private func rollouts(_ context: PageContext) -> HTML? {
        guard !view.rollouts.isEmpty else { return nil }
        return """
            <section><div class="bar"><h2>\(view.rollouts.count == 1 ? "Rollout" : "Rollouts")</h2>\
            <a class="small" href="/environments/\(target.environment.name)">Stacks and containers</a></div>
            \(view.rollouts.map { RolloutView(rollout: $0).html(context) })</section>
            """
    }

    private func commits(_ context: PageContext) -> HTML? {
        guard !view.commits.isEmpty else { return nil }
        let title = deploy.kind == .rollback ? "Commits taken out" : "Commits"
        return "<section><div class=\"bar\"><h2>\(title)</h2></div>\(Pieces.commits(view.commits, context))</section>"
    }
}
