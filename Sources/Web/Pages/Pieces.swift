import Model

/// Pieces that several pages are made of.
enum Pieces {
    /// The way from the start page to here; the last one is the page itself.
    static func crumbs(_ links: (name: String, path: String)...) -> HTML {
        let parts = links.map { "<a href=\"\($0.path)\">\($0.name)</a>" as HTML }
        return "<nav class=\"crumbs\" aria-label=\"Breadcrumb\">\(parts.joined(by: Icon.chevron))</nav>"
    }

    /// Something that must be seen.
    static func notice(_ tone: Badge.Tone, _ icon: HTML, _ title: String, _ more: HTML = .empty) -> HTML {
        "<div class=\"notice \(tone.rawValue)\" role=\"status\">\(icon)<div><strong>\(title)</strong>\(more)</div></div>"
    }

    /// What keeps a build or a deploy from going on for now.
    static func holdUp(_ text: String?) -> HTML? {
        text.map { notice(.bad, Icon.alert, $0) }
    }

    /// What a failure says to a person.
    static func notice(_ failure: Failure) -> HTML {
        let cause: HTML? = failure.cause.map { "<pre>\($0)</pre>" }
        return notice(
            .bad, Icon.alert, failure.message,
            "\(failure.hint.map { "<p class=\"hint\">\($0)</p>" as HTML })\(findings(failure.findings))\(cause)")
    }

    /// What a repository's files say about themselves.
    static func findings(_ findings: [Finding]) -> HTML? {
        guard !findings.isEmpty else { return nil }
        return
            "<ul>\(findings.map { "<li><code>\($0.file):\($0.line):\($0.column)</code> \($0.severity.rawValue): \($0.message)\(hint($0))</li>" as HTML })</ul>"
    }

    private static func hint(_ finding: Finding) -> HTML? {
        finding.hint.map { "<span class=\"hint\"> (\($0))</span>" }
    }

    /// What to do where there is nothing yet.
    static func empty(_ icon: HTML, _ title: String, _ body: HTML) -> HTML {
        "<div class=\"card empty\">\(icon)<h2>\(title)</h2>\(body)</div>"
    }

    /// A person as a round picture with initials; the colour follows from the name.
    static func face(_ name: String) -> HTML {
        let hue = name.unicodeScalars.reduce(UInt32(7)) { ($0 &* 31 &+ $1.value) % 1_000_003 } % 8
        return "<span class=\"face h\(Int(hue))\" aria-hidden=\"true\">\(Words.initials(name))</span>"
    }

    static func sha(_ sha: SHA, kind: String = "") -> HTML {
        "<code class=\"sha \(kind)\" title=\"\(sha.description)\">\(sha.short)</code>"
    }

    /// `+12 −3`, said in words to a screen reader.
    static func size(_ commit: Commit) -> HTML {
        """
        <span><span class="vh">lines added and removed: </span><span class="plus">+\(commit.additions)</span> \
        <span class="minus">−\(commit.deletions)</span></span>
        """
    }

    /// Author, time, SHA, pull request and size in one quiet line.
    static func meta(_ commit: Commit, _ context: PageContext, mark: HTML? = nil) -> HTML {
        """
        <div class="meta">\(mark)<span>\(commit.authorName)</span>\(context.ago(commit.committedAt))\(sha(commit.sha))\
        \(commit.pullRequest.map { "<span>#\($0)</span>" as HTML })\(size(commit))</div>
        """
    }

    /// The title without the pull request's number, which stands beside it.
    static func title(_ commit: Commit) -> String {
        commit.pullRequest == nil ? commit.title : commit.title.replacing(#/\ \(\#\d+\)$/#, with: "")
    }

    /// Commits without buttons: what a plan or a deploy brings.
    static func commits(_ commits: [Commit], _ context: PageContext) -> HTML {
        "<ul class=\"card rows plain\">\(commits.map { commitRow($0, context) })</ul>"
    }

    private static func commitRow(_ commit: Commit, _ context: PageContext) -> HTML {
        """
        <li class="commit">\(face(commit.authorName))<div class="main"><div class="title">\(title(commit))</div>\
        \(meta(commit, context))</div></li>

        """
    }

    /// A choice of names; `none` is what stands for an empty value.
    static func select(
        _ name: String, id: String, _ values: [String], none: String? = nil, chosen: String? = nil,
        label: String? = nil
    ) -> HTML {
        let first: HTML? = none.map { "<option value=\"\">\($0)</option>" }
        let options = values.map { value -> HTML in
            "<option value=\"\(value)\"\(" selected", if: value == chosen)>\(value)</option>"
        }
        let said: HTML? = label.map { " aria-label=\"\($0)\"" }
        return "<select name=\"\(name)\" id=\"\(id)\"\(said)>\(first)\(options)</select>"
    }

    static func digest(_ digest: Digest) -> HTML {
        "<code title=\"\(digest.description)\">sha256:\(digest.short)</code>"
    }

    /// `/targets/orders/production`.
    static func path(_ target: Target) -> String { "/targets/\(target.app.name)/\(target.environment.name)" }
}
