import Engines
import Model
import Stacks

/// A shell in a container.
struct TerminalPage: Sendable {
    var place: ServicePlace
    var container: ContainerView

    func render(_ context: PageContext) -> HTML {
        let environment = place.environment
        return context.page(
            "Shell in \(container.name)", section: .environments,
            """
            \(Pieces.crumbs(("Environments", "/environments"), (environment.name, "/environments/\(environment.name)"), (place.stack, place.stackPath), (place.service, place.path)))
            <div class="head"><div class="grow"><h1>Shell</h1>
            <div class="sub"><code>\(container.name)</code> \(container.badge.html)</div></div></div>
            <section class="logcard shell" data-terminal="/api/v1/environments/\(environment.name)" data-container="\(container.id)" aria-label="Shell in \(container.name)">
            <div class="tools"><span data-note role="status">It needs JavaScript.</span><button type="button" class="link" data-again hidden>Start again</button>
            <span class="keys">\(keys)</span></div>
            <div class="log term" role="log" aria-label="What the shell shows" aria-live="off" tabindex="0"></div>
            <textarea aria-label="Keys for the shell; Shift+Tab leaves it" autocapitalize="off" autocomplete="off" autocorrect="off" spellcheck="false" rows="1"></textarea>
            </section>
            <p class="muted small">Everything that runs here is in the audit log by who began it, where and for how long. It ends with the page, \
            when nothing was typed for half an hour, and when you sign out.</p>
            <script src="\(Assets.terminal.path)" defer></script>
            """)
    }

    /// What phones have no keys for.
    private var keys: HTML {
        let keys = [
            ("Escape", "Esc", "Escape"), ("Tab", "Tab", "Tab"), ("Control", "Ctrl", "Control, for the next key"),
            ("ArrowLeft", "←", "Left"), ("ArrowUp", "↑", "Up"), ("ArrowDown", "↓", "Down"),
            ("ArrowRight", "→", "Right"),
        ]
        return keys.map { name, text, label -> HTML in
            let pressed: HTML? = name == "Control" ? " aria-pressed=\"false\"" : nil
            return
                "<button type=\"button\" class=\"link\" data-key=\"\(name)\" aria-label=\"\(label)\"\(pressed)>\(text)</button>"
        }.joined()
    }
}
