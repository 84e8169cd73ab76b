import Access
import Model

/// Who can sign in, in which teams they are, and what they may do.
struct PeoplePage: Sendable {
    /// An account whose password was just made: the only time it is shown.
    struct Made: Sendable {
        var account: String
        var password: String
    }

    var accounts: [Account]
    var teams: [Team]
    var grants: [GrantView]
    var apps: [String] = []
    var environments: [String] = []
    var made: Made?
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "People", section: .people,
            """
            <div class="head"><h1>People</h1></div>
            \(failure.map(Pieces.notice))\(made.map(Self.notice))
            <section><div class="bar"><h2>Accounts</h2></div>
            <div class="card"><table class="table"><thead><tr><th>Name</th><th>Teams</th><th>State</th><th>Since</th>\
            <th><span class="vh">Change</span></th></tr></thead><tbody>\(accounts.map { row($0, context) })</tbody></table>
            <div class="pad adds">\(add("/people/accounts", "account", context))</div></div></section>
            <section><div class="bar"><h2>Teams</h2></div>
            <div class="card"><ul class="rows">\(teams.map { row($0, context) })</ul>
            <div class="pad adds">\(add("/people/teams", "team", context))</div></div></section>
            <section><div class="bar"><h2>Who may do what</h2></div>
            <div class="card"><table class="table"><thead><tr><th>To</th><th>May</th><th>App</th><th>Environment</th>\
            <th><span class="vh">Change</span></th></tr></thead><tbody>\(grants.map { row($0, context) })</tbody></table>
            <div class="pad">\(context.form("/people/grants", kind: "adds", grantFields))</div></div></section>
            """)
    }

    private static func notice(_ made: Made) -> HTML {
        Pieces.notice(
            .good, Icon.check, "The password of \(made.account), shown this once",
            "<pre>\(made.password)</pre><p class=\"hint\">\(made.account) can choose another on the page of their account.</p>"
        )
    }

    private func row(_ account: Account, _ context: PageContext) -> HTML {
        let path = "/people/accounts/\(account.name)"
        let badge =
            account.disabledAt == nil ? Badge(.good, Icon.check, "can sign in") : Badge(.bad, Icon.slash, "disabled")
        let lock: HTML = account.disabledAt == nil ? "<button>Disable</button>" : "<button>Enable</button>"
        let remove = ask("\(path)/remove", "Remove \(account.name)?", "Remove", context)
        return """
            <tr><td class="name">\(account.name)\(account.provider.map { " <span class=\"muted small\">\($0)</span>" as HTML })</td><td data-label="Teams">\(account.teams.joined(separator: ", "))</td>\
            <td data-label="State">\(badge.html)</td><td data-label="Since">\(context.ago(account.createdAt))</td>\
            <td><div class="actions">\(context.form("\(path)/password", "<button>New password</button>"))\
            \(context.form("\(path)/sign-out", "<button>Sign out</button>"))\
            \(context.form("\(path)/\(account.disabledAt == nil ? "disable" : "enable")", lock))\(remove)</div></td></tr>

            """
    }

    private func row(_ team: Team, _ context: PageContext) -> HTML {
        let path = "/people/teams/\(team.name)"
        let members = team.members.map { name -> HTML in
            """
            <span class="member">\(name)\(context.form("\(path)/members/\(name)/remove", "<button class=\"link\" aria-label=\"Take \(name) out of \(team.name)\">\(Icon.cross)</button>"))</span>
            """
        }
        let others = accounts.map(\.name).filter { !team.members.contains($0) }
        let add: HTML? =
            others.isEmpty
            ? nil
            : context.form(
                "\(path)/members", kind: "adds",
                """
                \(Pieces.select("account", id: "member-\(team.name)", others, label: "Who joins \(team.name)"))<button>Take in</button>
                """)
        return """
            <li class="team"><h3>\(team.name)</h3><div class="members">\(members)\("<span class=\"muted small\">Nobody yet</span>", if: members.isEmpty)</div>
            <div class="actions">\(add)\(ask("\(path)/remove", "Remove the team \(team.name)?", "Remove", context))</div></li>

            """
    }

    private func row(_ grant: GrantView, _ context: PageContext) -> HTML {
        let who: HTML =
            grant.account.map { "\($0)" } ?? grant.team.map { "\($0) <span class=\"muted small\">team</span>" }
            ?? "everyone"
        return """
            <tr><td class="name">\(who)</td><td data-label="May">\(grant.allows)</td>\
            <td data-label="App">\(grant.app ?? "every app")</td>\
            <td data-label="Environment">\(grant.environment ?? "every environment")</td>\
            <td>\(context.form("/people/grants/\(grant.id)/remove", "<button>Take back</button>"))</td></tr>

            """
    }

    private func ask(_ path: String, _ question: String, _ word: String, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(path)" data-ask="\(question)"><input type="hidden" name="csrf" value="\(context.csrf)">\
        <button class="danger">\(word)</button></form>
        """
    }

    private func add(_ path: String, _ what: String, _ context: PageContext) -> HTML {
        context.form(
            path, kind: "adds",
            """
            <input type="text" name="name" aria-label="Name of the new \(what)" placeholder="Name" required autocapitalize="none">\
            <button class="primary">Add \(what == "account" ? "an" : "a") \(what)</button>
            """)
    }

    private var grantFields: HTML {
        let subjects =
            accounts.map { ("account:\($0.name)", $0.name) } + teams.map { ("team:\($0.name)", "\($0.name) (team)") }
        let options = subjects.map { "<option value=\"\($0.0)\">\($0.1)</option>" as HTML }
        return """
            <select name="to" aria-label="To whom">\(options)<option value="everyone">everyone</option></select>\
            \(Pieces.select("allows", id: "allows", Allowance.names, label: "Role or right"))\
            \(Pieces.select("app", id: "grant-app", apps, none: "every app", label: "App"))\
            \(Pieces.select("environment", id: "grant-environment", environments, none: "every environment", label: "Environment"))\
            <button class="primary">Grant</button>
            """
    }
}
