import Model

/// The form that adds an app.
struct NewAppPage: Sendable {
    var name = ""
    var url = ""
    var branch = "main"
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Add an app", section: .apps,
            """
            <div class="narrow">\(Pieces.crumbs(("Apps", "/")))
            <div class="head"><h1>Add an app</h1></div>
            \(failure.map(Pieces.notice))
            <div class="card pad">\(context.form("/apps", kind: "stack", fields(context)))</div></div>
            """)
    }

    private func fields(_ context: PageContext) -> HTML {
        """
        <div class="field"><label for="name">Name</label>
        <input type="text" id="name" name="name" value="\(name)" placeholder="orders" required autofocus autocapitalize="none"
          pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" aria-describedby="name-hint">
        <p class="hint" id="name-hint">Letters, digits, dots, dashes. It is part of addresses and can't be changed later.</p></div>
        <fieldset class="field choice"><legend class="label">Where the commits come from</legend>
        <label><input type="radio" name="source" value="hosted"\(" checked", if: url.isEmpty)><span><strong>Push to Slipway</strong>\
        <span class="muted small">\(context.publicURL)/git/<i>name</i>.git, with a token as the password</span></span></label>
        <label><input type="radio" name="source" value="remote"\(" checked", if: !url.isEmpty)><span><strong>Another git server</strong>\
        <span class="muted small">Slipway looks there for new commits</span></span></label>
        </fieldset>
        <div class="field"><label for="url">Address of the repository on that server</label>
        <input type="text" id="url" name="url" value="\(url)" placeholder="https://git.example.com/acme/orders.git" autocapitalize="none"></div>
        <div class="field"><label for="branch">Branch</label>
        <input type="text" id="branch" name="branch" value="\(branch)" required autocapitalize="none">
        <p class="hint">Every commit on it is tested and can be deployed.</p></div>
        <div class="actions"><button class="primary">Add the app</button><a class="button" href="/">Cancel</a></div>
        """
    }
}
