import Model

/// The door: the one page that needs nobody signed in.
struct SignInPage: Sendable {
    var account = ""
    /// Where to go after it.
    var next = "/"
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Sign in",
            """
            <div class="gate">
            <h1 class="brand">\(Icon.logo)<span>Slipway</span></h1>
            \(failure.map(Pieces.notice))
            <div class="card pad">\(context.form("/sign-in", kind: "stack", fields))</div>
            <p class="muted small pad">The first start of the server prints the password of <b>admin</b>, once.</p>
            </div>
            """)
    }

    private var fields: HTML {
        """
        <input type="hidden" name="next" value="\(next)">
        <div class="field"><label for="account">Account</label>
        <input type="text" id="account" name="account" value="\(account)" autocomplete="username" autocapitalize="none" required\
        \(" autofocus", if: account.isEmpty)></div>
        <div class="field"><label for="password">Password</label>
        <input type="password" id="password" name="password" autocomplete="current-password" required\
        \(" autofocus", if: !account.isEmpty)></div>
        <button class="primary">Sign in</button>
        """
    }
}
