import Access
import Delivery
import Model

/// What a deploy would do, before the click.
struct PlanPage: Sendable {
    var plan: DeployPlan
    /// Makes the click count once, however often the form is sent.
    var idempotencyKey: String

    private var target: Target { plan.target }

    func render(_ context: PageContext) -> HTML {
        context.page(
            "\(plan.kind.verb) \(target.slug)", section: .apps, topics: [],
            """
            \(Pieces.crumbs(("Apps", "/"), (target.app.name, "/apps/\(target.app.name)"), (target.environment.name, Pieces.path(target))))
            <div class="head"><div class="grow"><h1>\(heading)</h1>
            <div class="sub"><div class="change">\(change)</div></div></div></div>
            \(obstacle)
            <div class="split"><div>\(commits(context))\(replacements)\(left(context))</div>
            <aside><section><div class="card pad">\(summary(context))</div></section></aside></div>
            """)
    }

    private var heading: HTML {
        let word = plan.kind == .deploy ? "to" : "in"
        return "\(plan.kind.verb) \(target.app.name) <span class=\"muted\">\(word)</span> \(target.environment.name)"
    }

    private var change: HTML {
        let old: HTML = plan.live.map { Pieces.sha($0.sha) } ?? "<span>first deploy</span>"
        return "\(old)\(Icon.arrow)\(Pieces.sha(plan.commit.sha, kind: "new"))<span>\(Pieces.title(plan.commit))</span>"
    }

    private var obstacle: HTML? {
        plan.obstacle.map { Pieces.notice(.warn, Icon.alert, "This can't start now", "<p>\($0)</p>") }
    }

    private func commits(_ context: PageContext) -> HTML {
        let title =
            switch plan.kind {
            case .rollback: "\(Words.count(plan.commits.count, "commit")) will be taken out"
            case .deploy: "\(Words.count(plan.commits.count, "commit")) will go live"
            case .redeploy: "No commits change"
            }
        let compare: HTML? = plan.compareLink.map { "<a class=\"small\" href=\"\($0)\" rel=\"noreferrer\">Compare</a>" }
        let list =
            plan.commits.isEmpty
            ? "<div class=\"card pad muted small\">The same commit is deployed once more: the script runs and the containers are replaced.</div>"
            : Pieces.commits(plan.commits, context)
        return "<section><div class=\"bar\"><h2>\(title)</h2>\(compare)</div>\(list)</section>"
    }

    private var replacements: HTML {
        guard !plan.replacements.isEmpty else {
            return """
                <section><div class="bar"><h2>Containers</h2></div>
                <div class="card pad muted small">None runs now: nothing will be replaced, new ones are started.</div></section>
                """
        }
        let rows = plan.replacements.enumerated().map { index, item -> HTML in
            """
            <tr><td>\(index + 1). <code>\(item.container)</code></td><td data-label="Service">\(item.stack)/\(item.service)</td>\
            <td data-label="Runs">\(item.revision.map { Pieces.sha($0) } ?? "<span class=\"muted\">unknown</span>") \(Icon.arrow) \(Pieces.sha(plan.commit.sha, kind: "new"))</td></tr>

            """
        }
        return """
            <section><div class="bar"><h2>\(Words.count(plan.replacements.count, "container")) will be replaced, in this order</h2></div>
            <div class="card"><table class="table"><thead><tr><th>Container</th><th>Service</th><th>Revision</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>\(changes)</section>
            """
    }

    /// What differs in each service, as `up --render` says it.
    private var changes: HTML? {
        let lists = plan.changes.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
        guard !lists.isEmpty else { return nil }
        let rows = lists.map { service, changes -> HTML in
            let lines = changes.map { change -> HTML in
                let values = [change.before, change.after].compactMap { $0 }
                let words = values.map { text -> HTML in "<code>\(Words.shortened(text))</code>" }
                return "<li>\(change.title): \(words.joined(by: " → "))</li>"
            }
            return
                "<details class=\"fold\" open><summary>What differs in \(service)</summary><ul class=\"small\">\(lines)</ul></details>"
        }
        return "<div class=\"card pad differs\">\(rows)</div>"
    }

    private func left(_ context: PageContext) -> HTML? {
        let leaving = Set(plan.commits.map(\.sha))
        let others = plan.notIncluded.filter { !leaving.contains($0.sha) }
        guard !others.isEmpty else { return nil }
        return """
            <section><details class="fold"><summary>\(Words.count(others.count, "newer commit")) not included</summary>
            \(Pieces.commits(others, context))</details></section>
            """
    }

    private func summary(_ context: PageContext) -> HTML {
        let image: HTML =
            plan.image.map {
                "\(Pieces.digest($0.digest)) <span class=\"muted\">pushed \(context.ago($0.pushedAt))</span>"
            }
            ?? "<span class=\"muted\">none recorded</span>"
        let steps: [HTML] = plan.steps.map { "<pre class=\"cmd\">\($0)</pre>" }
        return """
            <dl class="facts"><dt>Image</dt><dd>\(image)</dd><dt>Owners</dt><dd>\(owners)</dd><dt>Runs</dt><dd>\(steps)</dd></dl>
            \(start(context))
            """
    }

    private var owners: String {
        var names: [String] = []
        for commit in plan.commits.isEmpty ? [plan.commit] : plan.commits where !names.contains(commit.authorName) {
            names.append(commit.authorName)
        }
        return names.joined(separator: ", ")
    }

    private func start(_ context: PageContext) -> HTML {
        let path = Pieces.path(target)
        guard plan.obstacle == nil, context.may(.deploy, target.resource) else {
            return "<p class=\"start actions\"><a class=\"button\" href=\"\(path)\">Back</a></p>"
        }
        return """
            <div class="start">\(context.form(
                "\(path)/deploys",
                """
                <input type="hidden" name="revision" value="\(plan.commit.sha.description)"><input type="hidden" name="key" value="\(idempotencyKey)">\
                <button class="primary big\(" danger", if: plan.kind == .rollback)">\(plan.kind.verb)\(" to", if: plan.kind == .rollback) \(plan.commit.sha.short)</button>
                """))
            <a class="small muted" href="\(path)">Not now</a></div>
            """
    }
}
