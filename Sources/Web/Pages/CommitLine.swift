import Access
import Delivery
import Model

/// A commit in a list: who, what, when, how it was built, and the one button, or the reason why there is none.
struct CommitLine: Sendable {
    var row: CommitRow
    /// Nil on the app's own page, where there is nothing to deploy to.
    var target: Target?
    /// Whether its button is the one that most people want.
    var isPrimary: Bool

    func html(_ context: PageContext) -> HTML {
        let commit = row.commit
        return """
            <li class="commit\(" live", if: row.isLive)\(" gone", if: commit.detachedAt != nil)" id="c-\(commit.sha.short)">\
            \(Pieces.face(commit.authorName))
            <div class="main"><div class="title" title="\(commit.body)">\(Pieces.title(commit))</div>\(Pieces.meta(commit, context, mark: live))</div>
            <div class="state">\(state)</div>
            \("<div class=\"go\">\(button)</div>", if: isDeployable(context))</li>

            """
    }

    private func isDeployable(_ context: PageContext) -> Bool {
        target.map { context.may(.deploy, $0.resource) } ?? false
    }

    private var live: HTML? { row.isLive ? Badge(.good, Icon.arrow, "Live").html : nil }

    private var state: HTML {
        guard let build = row.build else { return "<span class=\"muted small\">not built</span>" }
        return Badge.of(build.state).link("/builds/\(build.id)")
    }

    private var button: HTML? {
        guard let target else { return nil }
        switch row.button {
        case .available(let kind):
            return """
                <a class="button\(" primary", if: isPrimary)" href="\(Pieces.path(target))/plan?revision=\(row.commit.sha.description)"\
                 aria-label="\(kind.verb) \(row.commit.sha.short): \(row.commit.title)">\(kind.verb)</a>
                """
        case .unavailable(let reason):
            return "<p class=\"why\">\(reason)</p>"
        }
    }
}
