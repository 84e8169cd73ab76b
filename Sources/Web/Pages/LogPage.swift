import Model

/// One step's log, or a container's, on a page of its own.
struct LogPage: Sendable {
    var title: String
    /// Where it belongs to: the name and path of the build, the deploy or the environment.
    var parent: (name: String, path: String)
    var log: LogBox
    /// What stands before it.
    var top = (name: "Apps", path: "/")
    var subtitle: HTML = .empty

    func render(_ context: PageContext) -> HTML {
        context.page(
            title,
            """
            \(Pieces.crumbs(top, parent))
            <div class="head"><div class="grow"><h1>\(title)</h1><div class="sub">\(subtitle)</div></div></div>
            <div class="logcard" data-searchable>\(log.html)</div>
            """)
    }
}
