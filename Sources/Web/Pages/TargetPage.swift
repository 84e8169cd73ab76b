import Access
import Delivery
import Model

/// The page with the commits and the Deploy buttons.
struct TargetPage: Sendable {
    var view: TargetView

    private var target: Target { view.summary.target }

    func render(_ context: PageContext) -> HTML {
        context.page(
            "\(target.app.name) in \(target.environment.name)", section: .apps,
            topics: ["app/\(target.app.id)", "target/\(target.id)"] + activeTopic,
            """
            \(Pieces.crumbs(("Apps", "/"), (target.app.name, "/apps/\(target.app.name)")))
            <div class="head"><div class="grow"><h1>\(target.app.name) <span class="muted">in</span> \(target.environment.name)</h1>
            <div class="sub"><span>\(Icon.branch) \(target.app.branch)</span>\
            <a href="/environments/\(target.environment.name)">Stacks and containers</a></div></div></div>
            <div data-live="problem">\(problem)</div>
            <div data-live="now">\(active(context))<div class="card pad">\(RunningNow(summary: shown, isLink: false).html(context))</div></div>
            <div class="split"><div>
            <section><div class="bar" data-live="undeployed"><h2>Commits</h2>\(undeployed)</div>
            <div data-live="commits">\(commits(context))</div></section>
            </div><aside class="side">
            <section><div class="bar"><h2>Deploys</h2>\("<a class=\"small\" href=\"\(Pieces.path(target))/deploys\">All</a>", if: !view.deploys.isEmpty)</div>
            <div data-live="deploys">\(DeployList(rows: view.deploys, target: target).html(context))</div></section>
            </aside></div>
            """)
    }

    /// The active deploy has its own notice above, so the card says only what runs.
    private var shown: TargetSummary {
        var summary = view.summary
        summary.active = nil
        return summary
    }

    private var activeTopic: [String] { view.summary.active.map { ["deploy/\($0.id)"] } ?? [] }

    private var problem: HTML? {
        target.app.problem.map {
            Pieces.notice(.bad, Icon.alert, "The last look at the repository found a problem", "<pre>\($0)</pre>")
        }
    }

    private func active(_ context: PageContext) -> HTML? {
        guard let deploy = view.summary.active else { return nil }
        let badge = Badge.of(deploy.state)
        return Pieces.notice(
            badge.tone, badge.icon,
            "\(badge.word): \(deploy.kind.noun.lowercased()) #\(deploy.id) of \(deploy.sha.short)",
            """
            <p>Asked for by \(deploy.requestedBy) \(context.ago(deploy.queuedAt)). <a href="/deploys/\(deploy.id)">Follow it live</a></p>
            """)
    }

    private var undeployed: HTML {
        switch view.undeployed {
        case 0 where view.summary.live != nil:
            "<span class=\"small muted\">\(Icon.check) Everything on \(target.app.branch) is deployed</span>"
        case 0: .empty
        default: "<span class=\"small muted\">\(Words.count(view.undeployed, "commit")) not deployed</span>"
        }
    }

    private func commits(_ context: PageContext) -> HTML {
        guard !view.commits.isEmpty else { return HowToPush(app: target.app).html(context) }
        let newest = view.commits.firstIndex { $0.button == .available(.deploy) }
        let lines = view.commits.enumerated().map { index, row in
            CommitLine(row: row, target: target, isPrimary: index == newest).html(context)
        }
        let more: HTML? = view.cursor.map {
            "<div class=\"more\"><a href=\"\(Pieces.path(target))?before=\($0)\">Older commits</a></div>"
        }
        return "<div class=\"card\"><ul class=\"rows\">\(lines)</ul>\(more)</div>"
    }
}

/// Deploys, newest first, each with the way back to it.
struct DeployList: Sendable {
    var rows: [DeployRow]
    var target: Target

    func html(_ context: PageContext) -> HTML {
        guard !rows.isEmpty else {
            return "<div class=\"card pad muted small\">None yet. The history of this target appears here.</div>"
        }
        return "<ul class=\"card rows\">\(rows.map { row($0, context) })</ul>"
    }

    private func row(_ row: DeployRow, _ context: PageContext) -> HTML {
        let deploy = row.deploy
        return """
            <li class="past">\(Badge.of(deploy.state).link("/deploys/\(deploy.id)"))
            <div class="main"><div class="clip"><a class="plain" href="/deploys/\(deploy.id)">\(row.title)</a></div>
            <div class="meta"><span>\(deploy.kind.noun) #\(deploy.id)</span>\(Pieces.sha(deploy.sha))<span>by \(deploy.requestedBy)</span>\
            \(context.ago(deploy.endedAt ?? deploy.queuedAt))</div></div>
            <div>\(button(row), if: context.may(.deploy, target.resource))</div></li>

            """
    }

    private func button(_ row: DeployRow) -> HTML {
        switch row.rollback {
        case .available(let kind):
            """
            <a class="button" href="\(Pieces.path(target))/plan?revision=\(row.deploy.sha.description)"\
             aria-label="\(kind.verb) to \(row.deploy.sha.short)">\(kind == .rollback ? Icon.back : .empty)\(kind.verb)</a>
            """
        case .unavailable(let reason): "<span class=\"muted small\">\(reason)</span>"
        }
    }
}

/// Every deploy of a target, page by page.
struct DeploysPage: Sendable {
    var target: Target
    var rows: [DeployRow]
    var cursor: Int64?

    func render(_ context: PageContext) -> HTML {
        let more: HTML? = cursor.map {
            "<p class=\"more\"><a href=\"\(Pieces.path(target))/deploys?before=\($0)\">Older deploys</a></p>"
        }
        return context.page(
            "Deploys of \(target.slug)", section: .apps, topics: ["target/\(target.id)", "app/\(target.app.id)"],
            """
            \(Pieces.crumbs(("Apps", "/"), (target.app.name, "/apps/\(target.app.name)"), (target.environment.name, Pieces.path(target))))
            <div class="head"><h1>Deploys</h1></div>
            <div data-live="deploys">\(DeployList(rows: rows, target: target).html(context))\(more)</div>
            """)
    }
}
