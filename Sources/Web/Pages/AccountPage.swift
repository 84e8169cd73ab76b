import Access
import Model

/// One's own account: password, sessions and tokens.
struct AccountPage: Sendable {
    var tokens: [TokenView]
    /// What a token may be narrowed to.
    var apps: [String] = []
    var environments: [String] = []
    /// Whether there is a password to change.
    var hasPassword = true
    /// The provider through which one signs in.
    var provider: String?
    /// The secret of a token that was just made: the only time it is shown.
    var token: String?
    var done: String?
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Your account",
            """
            <div class="head"><div class="grow"><h1>\(context.actor ?? "Your account")</h1></div>
            <div class="actions">\(context.form("/account/sign-out", "<button>Sign out everywhere</button>"))</div></div>
            \(failure.map(Pieces.notice))\(done.map { Pieces.notice(.good, Icon.check, $0) })\(token.map(Self.made))
            <section><div class="bar"><h2>Tokens</h2></div>\(list(context))</section>
            <div class="duo"><section><div class="bar"><h2>Make a token</h2></div>
            <div class="card pad">\(context.form("/account/tokens", kind: "stack", fields))</div></section>
            \(signingIn(context))</div>
            """)
    }

    private func signingIn(_ context: PageContext) -> HTML {
        guard hasPassword else {
            return """
                <section><div class="bar"><h2>Signing in</h2></div><div class="card pad muted small">This account has no \
                password\(provider.map { ": it signs in through \($0)" } ?? "").</div></section>
                """
        }
        return """
            <section><div class="bar"><h2>Password</h2></div>
            <div class="card pad">\(context.form("/account/password", kind: "stack", passwords))</div></section>
            """
    }

    private static func made(_ token: String) -> HTML {
        Pieces.notice(
            .good, Icon.check, "The token, shown this once",
            "<pre>\(token)</pre><p class=\"hint\">For SLIPWAY_TOKEN, for Authorization: Bearer …, or as git's password.</p>"
        )
    }

    private func list(_ context: PageContext) -> HTML {
        guard !tokens.isEmpty else {
            return
                "<div class=\"card pad muted small\">None yet. Programs and git show who they are with a token.</div>"
        }
        return """
            <div class="card"><table class="table"><thead><tr><th>Name</th><th>Whose</th><th>May</th><th>Made</th><th>Used</th>\
            <th>Ends</th><th><span class="vh">Change</span></th></tr></thead>
            <tbody>\(tokens.map { row($0, context) })</tbody></table></div>
            """
    }

    private func row(_ token: TokenView, _ context: PageContext) -> HTML {
        let reach = [token.app.map { "on \($0)" }, token.environment.map { "in \($0)" }].compactMap { $0 }
        let may = ([token.rights?.joined(separator: ", ") ?? "all that its owner may"] + reach).joined(separator: " ")
        let used: HTML = token.usedAt.map { context.ago($0) } ?? "never"
        let ends: HTML = token.expiresAt.map { context.ago($0) } ?? "never"
        return """
            <tr><td class="name">\(token.name)</td><td data-label="Whose">\(token.account ?? "the machine's")</td>\
            <td data-label="May">\(may)</td><td data-label="Made">\(context.ago(token.createdAt))</td>\
            <td data-label="Used">\(used)</td><td data-label="Ends">\(ends)</td>\
            <td>\(context.form("/account/tokens/\(token.id)/revoke", "<button class=\"danger\" aria-label=\"Revoke \(token.name)\">Revoke</button>"))</td></tr>

            """
    }

    private var fields: HTML {
        let rights = Right.allCases.filter { $0 != .read }.map { right -> HTML in
            "<label><input type=\"checkbox\" name=\"right-\(right.rawValue)\" value=\"1\">\(right.rawValue)</label>"
        }
        return """
            <div class="field"><label for="name">What it is for</label>
            <input type="text" id="name" name="name" placeholder="ci" required maxlength="100"></div>
            <fieldset class="field checks"><legend class="label">At most these rights</legend>
            <label><input type="checkbox" name="right-read" value="1">read</label>\(rights)</fieldset>
            <p class="hint muted small">None ticked: all that you may do, now or later. Reading is always among them.</p>
            <div class="field"><label for="token-app">On this app alone</label>\(Pieces.select("app", id: "token-app", apps, none: "every app"))</div>
            <div class="field"><label for="token-environment">In this environment alone</label>\(Pieces.select("environment", id: "token-environment", environments, none: "every environment"))</div>
            <div class="field"><label for="days">Good for so many days</label>
            <input type="text" id="days" name="days" inputmode="numeric" placeholder="without an end"></div>
            <div><button class="primary">Make the token</button></div>
            """
    }

    private var passwords: HTML {
        """
        <div class="field"><label for="current">The password of now</label>
        <input type="password" id="current" name="current" autocomplete="current-password" required></div>
        <div class="field"><label for="password">The new one</label>
        <input type="password" id="password" name="password" autocomplete="new-password" minlength="12" required>
        <p class="hint">12 characters or more. Other browsers are signed out.</p></div>
        <div><button>Change the password</button></div>
        """
    }
}
