import Model
import Stacks

/// What happened to services, newest first: each rollout with its batch log behind it.
struct RolloutEvents: Sendable {
    var rollouts: [Rollout]
    /// Whether the name of the service stands with each.
    var namesServices = false

    func html(_ context: PageContext) -> HTML {
        guard !rollouts.isEmpty else {
            return "<div class=\"card pad muted small\">Nothing yet. Deploys, scaling and restarts appear here.</div>"
        }
        return "<div class=\"card events\">\(rollouts.map { event($0, context) })</div>"
    }

    private func event(_ rollout: Rollout, _ context: PageContext) -> HTML {
        let deploy: HTML? = rollout.deployID.map { "<a href=\"/deploys/\($0)\">deploy #\($0)</a>" }
        let by: HTML? = rollout.log.first { $0.text.contains(" asked for ") }.map { "<span>\($0.text)</span>" }
        let reason: HTML? = rollout.reason.map { "<p class=\"small muted\">\(Words.shortened($0))</p>" }
        let view = RolloutView(rollout: rollout)
        return """
            <details class="event" id="event-\(rollout.id)"><summary>\(Icon.chevron)\(Badge.of(rollout.state).html)\
            <span class="name">\("\(rollout.service): ", if: namesServices)\(Self.what(rollout))</span>\
            <span class="meta">\(context.took(rollout.startedAt, rollout.endedAt).map { "<span>\($0)</span>" as HTML })\
            \(context.ago(rollout.endedAt ?? rollout.startedAt ?? rollout.queuedAt))</span></summary>
            <div class="inside"><div class="meta"><span>rollout #\(rollout.id)</span>\(deploy)\(by)</div>\(reason)\(view.feed)</div></details>

            """
    }

    /// "Upgrade to 9f3c2ab", "Scale from 3 to 4", "Restart".
    static func what(_ rollout: Rollout) -> HTML {
        let version = ServiceList.version(rollout.spec)
        guard let previous = rollout.previous else { return "Bring up \(version)" }
        if rollout.spec.scale == 0 { return "Stop all containers" }
        if previous.image != rollout.spec.image { return "Upgrade to \(version)" }
        if previous.hash != rollout.spec.hash { return "Change the configuration of \(version)" }
        if previous.scale != rollout.spec.scale {
            return "Scale from \(previous.scale) to \(rollout.spec.scale)"
        }
        return "Replace all containers of \(version)"
    }
}
