import Access
import Delivery
import Model

/// An app: its targets, its commits, where they come from.
struct AppPage: Sendable {
    var app: App
    var targets: [TargetSummary]
    var commits: [CommitRow]
    /// Pass as `before` for the next page; nil on the last.
    var cursor: Int64?

    func render(_ context: PageContext) -> HTML {
        context.page(
            app.name, section: .apps, topics: ["app/\(app.id)"],
            """
            \(Pieces.crumbs(("Apps", "/")))
            <div class="head"><div class="grow"><h1>\(app.name)</h1>
            <div class="sub"><span>\(Icon.branch) \(app.branch)</span><span>\(source)</span></div></div>
            <div class="actions"><a class="button" href="/apps/\(app.name)/secrets">Secrets</a>\(refresh(context))</div></div>
            <div data-live="problem">\(problem)</div>
            <section><div class="bar"><h2>Targets</h2></div>
            <div data-live="targets">\(targetList(context))</div></section>
            <section><div class="bar"><h2>Commits</h2></div>
            <div data-live="commits">\(commitList(context))</div></section>
            \(settings(context))
            """)
    }

    private func refresh(_ context: PageContext) -> HTML? {
        guard context.may(.deploy, .app(app.id)) else { return nil }
        return context.form("/apps/\(app.name)/refresh", "<button>Look for new commits</button>")
    }

    private func settings(_ context: PageContext) -> HTML? {
        guard context.may(.configure, .app(app.id)) else { return nil }
        return """
            <section><div class="bar"><h2>Settings</h2></div>
            <div class="card pad"><p class="muted small">Removing the app takes its commits, builds and deploys out of Slipway.
            What runs goes on running.</p><p class="actions">\(remove(context))</p></div></section>
            """
    }

    private var source: HTML {
        switch app.source {
        case .hosted: "pushed to Slipway"
        case .remote(let url): "<span class=\"mono small\">\(url)</span>"
        }
    }

    private var problem: HTML? {
        app.problem.map { Pieces.notice(.bad, Icon.alert, "The last look found a problem", "<pre>\($0)</pre>") }
    }

    private func remove(_ context: PageContext) -> HTML {
        """
        <form method="post" action="/apps/\(app.name)/remove" data-ask="Remove \(app.name) from Slipway?">\
        <input type="hidden" name="csrf" value="\(context.csrf)"><button class="danger">Remove \(app.name)</button></form>
        """
    }

    private func targetList(_ context: PageContext) -> HTML {
        guard !targets.isEmpty else {
            guard context.may(.configure, .server) else {
                return "<div class=\"card pad muted small\">None that you may see.</div>"
            }
            return Pieces.empty(
                Icon.box, "No environment yet",
                """
                <p>An environment is a place to run things. Add one, and every app gets a target in it.</p>
                <p><a class="button primary" href="/environments">Add an environment</a></p>
                """)
        }
        return
            "<ul class=\"card rows\">\(targets.map { "<li>\(RunningNow(summary: $0, isLink: true).html(context))</li>" as HTML })</ul>"
    }

    private func commitList(_ context: PageContext) -> HTML {
        guard !commits.isEmpty else { return HowToPush(app: app).html(context) }
        let more: HTML? = cursor.map {
            "<div class=\"more\"><a href=\"/apps/\(app.name)?before=\($0)\">Older commits</a></div>"
        }
        return """
            <div class="card"><ul class="rows nobuttons">\(commits.map { CommitLine(row: $0, target: nil, isPrimary: false).html(context) })</ul>\(more)</div>
            """
    }
}

/// What to type so that the first commit appears.
struct HowToPush: Sendable {
    var app: App

    func html(_ context: PageContext) -> HTML {
        switch app.source {
        case .hosted:
            Pieces.empty(
                Icon.branch, "Waiting for the first push",
                """
                <p>Push the branch <b>\(app.branch)</b>. Git asks for a user, any name will do, and a password: a token,
                which <code>slipway tokens create</code> makes.</p>
                <pre>git remote add slipway \(context.publicURL)/git/\(app.name).git
                git push slipway \(app.branch)</pre>
                """)
        case .remote(let url):
            Pieces.empty(
                Icon.branch, "No commits yet",
                "<p>Slipway looks for the branch <b>\(app.branch)</b> at <code>\(url)</code>. New commits appear here by themselves.</p>"
            )
        }
    }
}

/// What a target runs now, in a line.
struct RunningNow: Sendable {
    var summary: TargetSummary
    /// On lists the environment's name leads to the target.
    var isLink: Bool

    func html(_ context: PageContext) -> HTML {
        """
        <div class="now"><span class="pulse\(" none", if: summary.live == nil)"></span><div>\(what(context))</div>
        <div class="actions">\(active)</div></div>
        """
    }

    private var name: HTML {
        let environment = summary.target.environment.name
        return isLink ? "<a href=\"\(Pieces.path(summary.target))\">\(environment)</a>" : "Running now"
    }

    private func what(_ context: PageContext) -> HTML {
        guard let live = summary.live else {
            return "<h3>\(name)</h3><div class=\"meta\"><span>Nothing deployed yet</span></div>"
        }
        return """
            <h3>\(name) <span class="muted">·</span> \(summary.liveTitle ?? live.sha.short)</h3>
            <div class="meta">\(Pieces.sha(live.sha))<a href="/deploys/\(live.id)">\(live.kind.noun.lowercased()) #\(live.id)</a>\
            <span>by \(live.requestedBy)</span>\(context.ago(live.endedAt ?? live.queuedAt))\(Verdict(live).short)</div>
            """
    }

    private var active: HTML? { summary.active.map { Badge.of($0.state).link("/deploys/\($0.id)") } }
}

/// What was found when running digests were compared with the tested ones.
struct Verdict: Sendable {
    var deploy: Deploy

    init(_ deploy: Deploy) { self.deploy = deploy }

    /// For a line.
    var short: HTML? {
        switch deploy.verification {
        case .verified: Badge(.good, Icon.check, "running what was tested").html
        case .nothingVerified: Badge(.warn, Icon.alert, "nothing verified").html
        case .differs: Badge(.bad, Icon.alert, "differs from what was tested").html
        case nil: nil
        }
    }

    /// For the deploy's own page.
    var notice: HTML? {
        switch deploy.verification {
        case .verified(let containers):
            Pieces.notice(
                .good, Icon.check, "Running what was tested",
                "<p>\(Words.count(containers, "container")) compared: every digest is that of the image the tested commit produced.</p>"
            )
        case .nothingVerified:
            Pieces.notice(
                .warn, Icon.alert, "Scripts passed, nothing verified",
                "<p>The script caused no rollout, so there was no container whose digest could be compared.</p>")
        case .differs(let sentences):
            Pieces.notice(
                .bad, Icon.alert, "What runs differs from what was tested",
                "<ul>\(sentences.map { "<li>\($0)</li>" as HTML })</ul>")
        case nil: nil
        }
    }
}
