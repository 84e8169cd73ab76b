import Access
import Model

/// Secrets of an app, of an environment, or all: names and places, and a form that sets one. Values are never shown.
struct SecretsPage: Sendable {
    /// Whose page it is.
    enum Scope: Sendable, Hashable {
        case all
        case app(String)
        case environment(String)

        /// `/apps/orders/secrets`.
        var path: String {
            switch self {
            case .all: "/secrets"
            case .app(let name): "/apps/\(name)/secrets"
            case .environment(let name): "/environments/\(name)/secrets"
            }
        }
    }

    var scope: Scope
    var secrets: [Secret]
    var apps: [String]
    var environments: [String]
    /// What rights on them are asked of.
    var resources: SecretResources
    /// Ids of keys that are missing.
    var missingKeys: [String] = []
    var failure: Failure?
    /// What was typed into the form that failed; never the value.
    var typed: SecretPlace?

    func render(_ context: PageContext) -> HTML {
        context.page(
            title, section: section, topics: ["secrets"],
            """
            \(crumbs)
            <div class="head"><div class="grow"><h1>\(title)</h1>
            <div class="sub"><span>Given to tests, deploy scripts and containers; masked in logs; never shown again.</span></div></div></div>
            \(failure.map(Pieces.notice))\(missingNotice)
            <div data-live="secrets">\(list(own, context, canRemove: true))</div>\(inherited(context))
            \(form(context))
            """)
    }

    /// The form, for who may set at least one secret of those that it can name.
    private func form(_ context: PageContext) -> HTML? {
        guard places.contains(where: { may($0.app, $0.environment, context) }) else { return nil }
        return """
            <section class="narrow"><div class="bar"><h2>Set a secret</h2></div>
            <div class="card pad">\(context.form(scope.path, kind: "stack", fields))</div></section>
            """
    }

    /// Every app and environment that the form can name together.
    private var places: [(app: String?, environment: String?)] {
        let (apps, environments) = ([nil] + self.apps, [nil] + self.environments)
        switch scope {
        case .all: return apps.flatMap { app in environments.map { (app, $0) } }
        case .app(let name): return environments.map { (name, $0) }
        case .environment(let name): return apps.map { ($0, name) }
        }
    }

    private func may(_ app: String?, _ environment: String?, _ context: PageContext) -> Bool {
        resources.resource(app: app, environment: environment).map { context.may(.secrets, $0) } ?? false
    }

    private var title: String {
        switch scope {
        case .all: "Secrets"
        case .app(let name), .environment(let name): "Secrets of \(name)"
        }
    }

    private var section: PageContext.Section {
        if case .app = scope { .apps } else { .environments }
    }

    private var crumbs: HTML {
        switch scope {
        case .all: Pieces.crumbs(("Environments", "/environments"))
        case .app(let name): Pieces.crumbs(("Apps", "/"), (name, "/apps/\(name)"))
        case .environment(let name):
            Pieces.crumbs(("Environments", "/environments"), (name, "/environments/\(name)"))
        }
    }

    private var missingNotice: HTML? {
        guard !missingKeys.isEmpty else { return nil }
        return Pieces.notice(
            .bad, Icon.alert, "The key \(missingKeys.joined(separator: ", ")) is missing",
            "<p class=\"hint\">Secrets that were sealed with it can't be given to anything until it is back.</p>")
    }

    /// Those that are this page's subject.
    private var own: [Secret] {
        secrets.filter { secret in
            switch scope {
            case .all: true
            case .app(let name): secret.place.app == name
            case .environment(let name): secret.place.environment == name
            }
        }
    }

    /// What an app gets besides its own.
    private func inherited(_ context: PageContext) -> HTML? {
        guard case .app = scope else { return nil }
        let others = secrets.filter { $0.place.app == nil }
        guard !others.isEmpty else { return nil }
        return """
            <section><div class="bar"><h2>Of all apps</h2><a class="small" href="/secrets">Change them</a></div>
            \(list(others, context, canRemove: false))</section>
            """
    }

    private func list(_ secrets: [Secret], _ context: PageContext, canRemove: Bool) -> HTML {
        guard !secrets.isEmpty else {
            return
                "<div class=\"card pad muted\">None yet. Set one below, or with <code>slipway secrets set</code>.</div>"
        }
        return "<ul class=\"card rows\">\(secrets.map { row($0, context, canRemove: canRemove) })</ul>"
    }

    private func row(_ secret: Secret, _ context: PageContext, canRemove: Bool) -> HTML {
        let place = secret.place
        return """
            <li class="line secret"><div class="grow"><h3><code>\(place.name)</code></h3>
            <div class="meta"><span>\(Self.bounds(of: place))</span><span>\(secret.kind.rawValue)</span>\
            <span>set by \(secret.updatedBy)</span>\(context.ago(secret.updatedAt))</div></div>\
            \(canRemove && may(place.app, place.environment, context) ? remove(place, context) : nil)</li>

            """
    }

    private static func bounds(of place: SecretPlace) -> String {
        let app = place.app ?? "all apps"
        let environment = place.environment.map { " in \($0)" } ?? ""
        return app + environment + (place.context.map { ", context \($0)" } ?? "")
    }

    private func remove(_ place: SecretPlace, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(scope.path)/remove" data-ask="Remove \(place.name) of \(Self.bounds(of: place))?">\
        <input type="hidden" name="csrf" value="\(context.csrf)">\(hidden("name", place.name))\
        \(hidden("app", place.app))\(hidden("environment", place.environment))\(hidden("context", place.context))\
        <button class="danger">Remove<span class="vh"> \(place.name)</span></button></form>
        """
    }

    private func hidden(_ name: String, _ value: String?) -> HTML? {
        value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\($0)\">" }
    }

    private var fields: HTML {
        """
        <div class="field"><label for="name">Name</label>
        <input type="text" id="name" name="name" value="\(typed?.name ?? "")" placeholder="DB_PASSWORD" required \
        pattern="[A-Za-z_][A-Za-z0-9_]*" autocapitalize="none" autocomplete="off"></div>
        \(choice("app", "App", "All apps", apps, typed?.app))\
        \(choice("environment", "Environment", "All environments, and the tests", environments, typed?.environment))\
        <div class="field"><label for="context">Context</label>
        <input type="text" id="context" name="context" value="\(typed?.context ?? "")" autocapitalize="none" autocomplete="off">
        <p class="hint">Empty, or a group that slipway.yml lists under <code>contexts</code>.</p></div>
        <fieldset class="field choice"><legend class="label">Given as</legend>
        <label><input type="radio" name="kind" value="variable" checked><span><strong>Variable</strong> \
        <span class="muted">the environment holds the value</span></span></label>
        <label><input type="radio" name="kind" value="file"><span><strong>File</strong> \
        <span class="muted">the environment holds the path of a file with it</span></span></label></fieldset>
        <div class="field"><label for="value">Value</label>
        <textarea id="value" name="value" rows="3" required autocomplete="off" autocapitalize="none" spellcheck="false"></textarea>
        <p class="hint">It can be replaced, and never read back.</p></div>
        <div><button class="primary">Set the secret</button></div>
        """
    }

    private func choice(
        _ name: String, _ label: String, _ none: String, _ all: [String], _ chosen: String?
    ) -> HTML? {
        switch scope {
        case .app where name == "app", .environment where name == "environment": return nil
        default: break
        }
        let options = all.map { "<option\(" selected", if: $0 == chosen)>\($0)</option>" as HTML }
        return """
            <div class="field"><label for="\(name)">\(label)</label><select id="\(name)" name="\(name)">\
            <option value="">\(none)</option>\(options)</select></div>
            """
    }
}
