import Model

/// What a person sees when a page can't be shown.
struct FailurePage: Sendable {
    var failure: Failure

    func render(_ context: PageContext) -> HTML {
        context.page(
            title,
            """
            <div class="narrow"><div class="head"><h1>\(title)</h1></div>
            \(Pieces.notice(failure))
            <p class="actions"><a class="button" href="/">Go to the apps</a></p></div>
            """)
    }

    private var title: String {
        switch failure.code {
        case .notFound: "Not found"
        case .unauthorized, .forbidden: "Not allowed"
        case .usage, .invalid, .conflict, .methodNotAllowed, .misdirected, .tooLarge, .unsupportedMediaType:
            "That can't be done"
        case .tooMany: "Too many requests"
        case .unavailable, .timedOut: "Something doesn't answer"
        case .failed, .rolledBack, .internal: "That went wrong"
        }
    }
}
