import Model

/// Steps as sections that open, each with its log.
struct StepList: Sendable {
    var steps: [Step]
    /// Logs that are shown at once, by the step's index; the others come when the section is opened.
    var logs: [Int: LogBox]

    func html(_ context: PageContext) -> HTML {
        guard !steps.isEmpty else { return "<div class=\"card pad muted small\" data-steps>No steps yet.</div>" }
        return "<div class=\"logcard\" data-steps>\(steps.map { section($0, context) })</div>"
    }

    /// `/builds/1/steps/2/log`.
    static func path(_ step: Step) -> String {
        switch step.owner {
        case .build(let id): "/builds/\(id)/steps/\(step.index)/log"
        case .deploy(let id): "/deploys/\(id)/steps/\(step.index)/log"
        }
    }

    /// Running and failed steps show their log without a click, and so does a deploy's last one.
    static func isOpen(_ step: Step, of steps: [Step]) -> Bool {
        if [.running, .failed, .timedOut, .lost].contains(step.state) { return true }
        guard case .deploy = step.owner else { return false }
        return step.state == .succeeded && step.index == steps.last?.index
    }

    private func section(_ step: Step, _ context: PageContext) -> HTML {
        let log = logs[step.index] ?? LogBox(path: Self.path(step), isComplete: step.state == .skipped)
        return """
            <details class="step" id="step-\(step.index)" data-step="\(step.state.rawValue)" data-searchable\(" open", if: Self.isOpen(step, of: steps))>
            <summary>\(Icon.chevron)<span class="name clip" data-live="step-\(step.index)-name">\(name(step))</span>\
            <span class="took" data-live="step-\(step.index)-took">\(context.took(step.startedAt, step.endedAt))</span>\
            <span data-live="step-\(step.index)-state">\(Badge.of(step.state).html)</span></summary>
            \("<div class=\"cmd\"><pre>\(step.command)</pre></div>", if: step.command != step.name)\
            \(log.html)
            </details>

            """
    }

    private func name(_ step: Step) -> HTML {
        var more: [String] = []
        if let reason = step.reason { more.append(reason) }
        if let status = step.exitStatus, status != 0, step.reason == nil { more.append("exit status \(status)") }
        let text = more.joined(separator: " · ")
        return "\(step.name)\(" <span class=\"muted small\">\(text)</span>", if: !text.isEmpty)"
    }
}
