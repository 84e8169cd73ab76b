import Access
import Delivery
import Model

/// One build: its steps with their logs, and the image that came of it.
struct BuildPage: Sendable {
    var view: BuildView
    var logs: [Int: LogBox] = [:]
    /// Where the image can go.
    var targets: [Target] = []

    private var build: Build { view.build }

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Build #\(build.id) of \(view.app.name)", section: .apps, topics: ["build/\(build.id)"],
            """
            \(Pieces.crumbs(("Apps", "/"), (view.app.name, "/apps/\(view.app.name)")))
            <div class="head"><div class="grow"><h1>\(Pieces.title(view.commit))</h1>
            <div class="sub">\(Pieces.meta(view.commit, context))</div></div>
            <div class="actions" data-live="actions">\(actions(context))</div></div>
            <div data-live="line">\(line(context))</div>
            <div data-live="notices">\(notices)</div>
            <section><div class="bar"><h2>Steps</h2></div>\(StepList(steps: view.steps, logs: logs).html(context))</section>
            <div data-live="image">\(image(context))</div>
            <div data-live="others">\(others(context))</div>
            """)
    }

    private func line(_ context: PageContext) -> HTML {
        let badge = Badge.of(build.state)
        return """
            <ol class="card deployline">
            <li><span class="what">Build #\(build.id)\(", attempt \(build.attempt)", if: build.attempt > 1)</span><strong class="t-\(badge.tone.rawValue)">\(badge.icon)\(badge.word)</strong></li>
            <li><span class="what">Queued</span><strong>\(context.ago(build.queuedAt))</strong></li>
            <li><span class="what">\(build.state.isFinal ? "Took" : "Running for")</span><strong>\(context.took(build.startedAt, build.endedAt) ?? "–")</strong></li>
            <li><span class="what">Image</span><strong class="clip">\(view.image.map { Pieces.digest($0.digest) } ?? (build.state.isFinal ? "none" : "after the tests"))</strong></li>
            </ol>
            """
    }

    private var notices: HTML {
        let reason: HTML? = build.reason.map {
            build.state.isFinal && build.state != .succeeded
                ? Pieces.notice(Badge.of(build.state).tone, Badge.of(build.state).icon, $0)
                : Pieces.notice(.busy, Icon.clock, $0)
        }
        let tone: Badge.Tone = view.findings.contains { $0.severity == .error } ? .bad : .warn
        let findings = Pieces.findings(view.findings).map {
            Pieces.notice(tone, Icon.alert, "What the commit's files say", $0)
        }
        return "\(Pieces.holdUp(view.notice))\(reason)\(findings)"
    }

    private func actions(_ context: PageContext) -> HTML {
        let mayBuild = context.may(.deploy, .app(view.app.id))
        if build.state.isFinal {
            let again: HTML? =
                !mayBuild
                ? nil
                : context.form(
                    "/apps/\(view.app.name)/commits/\(view.commit.sha.description)/builds",
                    "<button>Build again</button>")
            let deploys = view.image == nil ? [] : targets.prefix(3)
            let buttons = deploys.map { target -> HTML in
                """
                <a class="button primary" href="\(Pieces.path(target))/plan?revision=\(view.commit.sha.description)">\
                Deploy to \(target.environment.name)</a>
                """
            }
            return "\(again)\(buttons)"
        }
        if build.cancelRequested { return "<span class=\"muted small\">Cancelling…</span>" }
        guard mayBuild else { return .empty }
        return context.form("/builds/\(build.id)/cancel", "<button class=\"danger\">Cancel the build</button>")
    }

    private func image(_ context: PageContext) -> HTML? {
        guard let image = view.image else { return nil }
        return """
            <section><div class="bar"><h2>Image</h2></div><div class="card pad"><dl class="facts">
            <dt>Name</dt><dd><code>\(image.name):\(image.sha.description)</code></dd>
            <dt>Digest</dt><dd><code>\(image.digest.description)</code></dd>
            <dt>Registry</dt><dd><code>\(image.location)</code></dd>
            <dt>Pushed</dt><dd>\(context.ago(image.pushedAt))</dd></dl></div></section>
            """
    }

    private func others(_ context: PageContext) -> HTML? {
        guard !view.others.isEmpty else { return nil }
        let rows = view.others.map { other -> HTML in
            """
            <li class="past">\(Badge.of(other.state).link("/builds/\(other.id)"))<div class="main">\
            <a class="plain" href="/builds/\(other.id)">Build #\(other.id)</a></div>\
            <div class="muted small">\(context.ago(other.queuedAt))</div></li>

            """
        }
        return
            "<section><div class=\"bar\"><h2>Other builds of this commit</h2></div><ul class=\"card rows\">\(rows)</ul></section>"
    }
}
