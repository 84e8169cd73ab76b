import Access
import Foundation
import Model

/// What every page needs to know besides its own subject.
struct PageContext: Sendable {
    enum Section: String, Sendable { case apps, environments, people, audit, none }

    /// Who looks; nil where nobody is signed in.
    var principal: Principal?
    /// Goes into every form.
    var csrf = ""
    var now: Date
    var version: String
    /// Where people and git reach the server: `http://127.0.0.1:8080`, without a slash at the end.
    var publicURL: String
    /// The newest event when the page was made: the live stream goes on after it.
    var lastEvent: Int64 = 0

    /// Name of the account that is signed in.
    var actor: String? { principal?.actor.name }

    /// Whether who looks may do that: what they may not do has no button.
    func may(_ right: Right, _ resource: Resource) -> Bool { principal?.may(right, resource) ?? false }

    /// The whole document. `topics` are those whose events make the page look again; `every` so many seconds it looks
    /// without one.
    func page(
        _ title: String, section: Section = .none, topics: [String] = [], every: Int? = nil, _ body: HTML
    ) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>\(title) · Slipway</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="\(Assets.icon.path)" type="image/svg+xml">
        <link rel="stylesheet" href="\(Assets.style.path)">
        <script src="\(Assets.script.path)" defer></script>
        </head>
        <body data-topics="\(topics.joined(separator: ","))" data-event="\(lastEvent)"\(every.map { " data-every=\"\($0)\"" as HTML })>
        <a class="skip" href="#main">Skip to the content</a>
        \(actor.map { top($0, section) })
        <main id="main">
        \(body)
        </main>
        \(footer, if: actor != nil)
        </body>
        </html>

        """
    }

    private func top(_ actor: String, _ section: Section) -> HTML {
        """
        <header class="top"><div>
        <a class="brand" href="/" aria-label="Slipway">\(Icon.logo)<span>Slipway</span></a>
        <nav aria-label="Main">\(tab("Apps", "/", section == .apps))\
        \(tab("Environments", "/environments", section == .environments))\
        \(tab("People", "/people", section == .people), if: may(.administer, .server))\
        \(tab("Audit", "/audit", section == .audit), if: may(.administer, .server))</nav>
        <div class="who"><a class="name" href="/account">\(actor)</a>\(form("/sign-out", "<button class=\"link\">Sign out</button>"))</div>
        </div></header>
        """
    }

    private func tab(_ name: String, _ path: String, _ isCurrent: Bool) -> HTML {
        "<a href=\"\(path)\"\(" aria-current=\"page\"", if: isCurrent)>\(name)</a>"
    }

    private var footer: HTML {
        """
        <footer class="foot"><span>Slipway \(version)</span><a href="/account">Your account</a><a href="/api/v1/openapi.json">API</a></footer>
        """
    }

    /// A form that posts, with the token that protects it.
    /// `question` is asked before it is sent.
    func form(_ action: String, kind: String = "", question: String? = nil, _ fields: HTML) -> HTML {
        """
        <form method="post" action="\(action)"\(" class=\"\(kind)\"", if: !kind.isEmpty)\
        \(question.map { " data-ask=\"\($0)\"" as HTML })>\
        <input type="hidden" name="csrf" value="\(csrf)">\(fields)</form>
        """
    }

    /// "3 min ago", the exact time on hover.
    func ago(_ date: Date) -> HTML {
        """
        <time datetime="\(date.formatted(.iso8601))" title="\(Words.exact(date))">\(Words.ago(date, now: now))</time>
        """
    }

    /// How long something took, or has taken so far; nothing when it hasn't begun.
    func took(_ start: Date?, _ end: Date?) -> HTML? {
        guard let start else { return nil }
        if let end { return "\(Words.duration(end.timeIntervalSince(start)))" }
        return """
            <time data-since="\(start.formatted(.iso8601))">\(Words.duration(now.timeIntervalSince(start)))</time>
            """
    }
}
