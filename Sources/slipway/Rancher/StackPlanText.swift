import Model
import Stacks

/// What an `up` would do, as text; coloured on a terminal.
struct StackPlanText {
    private static let longest = 120

    let plan: StackPlan

    init(_ plan: StackPlan) { self.plan = plan }

    var text: String {
        plan.services.flatMap(lines).joined(separator: "\n")
    }

    private func lines(_ service: ServicePlan) -> [String] {
        var lines = [Terminal.styled("[\(service.service)]: \(service.message)", .bold)]
        lines += service.changes.map { "  \(Self.line($0))" }
        for (index, name) in service.replaced.enumerated() {
            lines.append(Terminal.styled("  \(index + 1). - \(name)", .red))
        }
        if service.added > 0 {
            let containers = service.added == 1 ? "1 container" : "\(service.added) containers"
            lines.append(Terminal.styled("  + \(containers)", .green))
        }
        return lines
    }

    /// One change: `~ image: a:1 → a:2`, `+ environment DEBUG`.
    static func line(_ change: SpecChange) -> String {
        var text = change.title
        switch (change.before, change.after) {
        case (let before?, let after?): text += ": \(shortened(before)) → \(shortened(after))"
        case (let one?, nil), (nil, let one?): text += ": \(shortened(one))"
        case (nil, nil): break
        }
        switch change.kind {
        case .added: return Terminal.styled("+ \(text)", .green)
        case .changed: return Terminal.styled("~ \(text)", .yellow)
        case .removed: return Terminal.styled("- \(text)", .red)
        }
    }

    private static func shortened(_ text: String) -> String {
        let line = text.replacing("\n", with: "⏎")
        return line.count > longest ? "\(line.prefix(longest))…" : line
    }
}
