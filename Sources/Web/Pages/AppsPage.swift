import Access
import Delivery
import Model

/// All apps, and what runs where.
struct AppsPage: Sendable {
    var apps: [AppSummary]

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Apps", section: .apps, topics: apps.map { "app/\($0.app.id)" } + ["apps"],
            """
            <div class="head"><div class="grow"><h1>Apps</h1></div>
            \("<a class=\"button primary\" href=\"/apps/new\">\(Icon.plus)Add an app</a>", if: !apps.isEmpty && context.may(.configure, .server))</div>
            <div data-live="apps">\(apps.isEmpty ? empty(context) : list(context))</div>
            """)
    }

    private func empty(_ context: PageContext) -> HTML {
        guard context.may(.configure, .server) else {
            return Pieces.empty(
                Icon.box, "There is no app that you may see",
                "<p>An admin adds apps, and grants you the right to see them.</p>")
        }
        return Pieces.empty(
            Icon.box, "From push to production starts here",
            """
            <p>Add an app, then push its repository. Slipway tests every commit, builds its image and shows it with a
            Deploy button.</p>
            <pre>git remote add slipway \(context.publicURL)/git/orders.git
            git push slipway main</pre>
            <p><a class="button primary big" href="/apps/new">Add the first app</a></p>
            """)
    }

    private func list(_ context: PageContext) -> HTML {
        "<ul class=\"card rows\">\(apps.map { row($0, context) })</ul>"
    }

    private func row(_ summary: AppSummary, _ context: PageContext) -> HTML {
        let app = summary.app
        let problem: HTML? = app.problem.map { _ in Badge(.bad, Icon.alert, "Needs attention").link("/apps/\(app.name)")
        }
        return """
            <li class="app"><div><h3><a href="/apps/\(app.name)">\(app.name)</a></h3>
            <div class="meta"><span>\(Icon.branch) \(app.branch)</span>\(problem)</div></div>
            <div>\(head(summary, context))</div>
            <div class="runs small">\(summary.targets.map { run($0, context) })</div></li>

            """
    }

    private func head(_ summary: AppSummary, _ context: PageContext) -> HTML {
        guard let row = summary.head else {
            return
                "<span class=\"muted small\">No commits yet. <a href=\"/apps/\(summary.app.name)\">How to push</a></span>"
        }
        let build: HTML? = row.build.map { Badge.of($0.state).link("/builds/\($0.id)") }
        return """
            <div class="clip">\(Pieces.title(row.commit))</div>
            <div class="meta"><span>\(row.commit.authorName)</span>\(context.ago(row.commit.committedAt))\(build)</div>
            """
    }

    private func run(_ summary: TargetSummary, _ context: PageContext) -> HTML {
        let what: HTML
        if let active = summary.active {
            what = Badge.of(active.state).html
        } else if let live = summary.live {
            what = "\(Pieces.sha(live.sha)) <span class=\"muted\">\(context.ago(live.endedAt ?? live.queuedAt))</span>"
        } else {
            what = "<span class=\"muted\">nothing deployed yet</span>"
        }
        return """
            <a href="\(Pieces.path(summary.target))"><span class="env">\(summary.target.environment.name)</span>\
            <span class="what">\(what)</span></a>
            """
    }
}
