import Delivery
import Model

/// A deploy's plan as text.
enum PlanText {
    static func text(of plan: DeployPlan) -> String {
        var lines = ["\(plan.kind.rawValue) \(plan.target.slug) to \(plan.commit.sha.short) \(plan.commit.title)"]
        lines.append("runs now:  \(plan.live.map { "\($0.sha.short) \($0.title)" } ?? "nothing")")
        lines.append("image:     \(plan.image?.pinned ?? "none recorded")")
        lines.append(plan.kind == .rollback ? "leave:" : "come in:")
        lines +=
            plan.commits.isEmpty ? ["  none"] : plan.commits.map { "  \($0.sha.short) \($0.title) – \($0.authorName)" }
        lines.append("steps:")
        lines += plan.steps.map { "  $ \($0)" }
        lines.append("containers to be replaced, in order:")
        lines +=
            plan.replacements.isEmpty
            ? ["  none"] : plan.replacements.map { "  \($0.container) (\($0.revision?.short ?? "no revision"))" }
        for (service, changes) in plan.changes.sorted(by: { $0.key < $1.key }) where !changes.isEmpty {
            lines.append("\(service):")
            lines += changes.map { "  \(StackPlanText.line($0))" }
        }
        if let obstacle = plan.obstacle { lines.append("can't start: \(obstacle)") }
        return lines.joined(separator: "\n")
    }
}
