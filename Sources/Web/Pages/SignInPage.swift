import Model

/// The door: the one page that needs nobody signed in.
struct SignInPage: Sendable {
    var account = ""
    /// Where to go after it.
    var next = "/"
    var failure: Failure?
    /// Whether there are accounts with a password to sign in with.
    var allowsPasswords = true
    /// Where one may sign in besides, each with a button.
    var providers: [Provider] = []

    /// As it is called in addresses, and on its button.
    struct Provider: Sendable {
        var name: String
        var title: String
    }

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Sign in",
            """
            <div class="gate">
            <h1 class="brand">\(Icon.logo)<span>Slipway</span></h1>
            \(failure.map(Pieces.notice))
            <div class="card pad">\(buttons)\("<p class=\"or\"><span>or</span></p>", if: allowsPasswords && !providers.isEmpty)\
            \(context.form("/sign-in", kind: "stack", fields), if: allowsPasswords)</div>
            \("<p class=\"muted small pad\">The first start of the server prints the password of <b>admin</b>, once.</p>", if: providers.isEmpty)
            </div>
            """)
    }

    private var buttons: HTML? {
        guard !providers.isEmpty else { return nil }
        let query = next == "/" ? "" : "?next=\(next.addingPercentEncoding())"
        let links = providers.map { provider -> HTML in
            "<a class=\"button\" href=\"/sign-in/\(provider.name)\(query)\">Sign in with \(provider.title)\(Icon.arrow)</a>"
        }
        return "<div class=\"ways\">\(links)</div>"
    }

    private var fields: HTML {
        """
        <input type="hidden" name="next" value="\(next)">
        <div class="field"><label for="account">Account</label>
        <input type="text" id="account" name="account" value="\(account)" autocomplete="username" autocapitalize="none" required\
        \(" autofocus", if: account.isEmpty && providers.isEmpty)></div>
        <div class="field"><label for="password">Password</label>
        <input type="password" id="password" name="password" autocomplete="current-password" required\
        \(" autofocus", if: !account.isEmpty)></div>
        <button class="primary">Sign in</button>
        """
    }
}
