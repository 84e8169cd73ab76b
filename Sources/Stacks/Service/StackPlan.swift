public import Model

/// What an `up` would do, before anything is done.
public struct StackPlan: Sendable, Codable, Hashable {
    public var stack: String
    /// In the order of the files, then those that would be removed.
    public var services: [ServicePlan]

    public init(stack: String, services: [ServicePlan]) {
        self.stack = stack
        self.services = services
    }

    /// Services that would go for good.
    public var removed: [String] { services.filter { $0.action == .removed }.map(\.service) }
}

/// What an `up` would do with one service.
public struct ServicePlan: Sendable, Codable, Hashable {
    public var service: String
    public var action: ServiceOutcome.Action
    /// A sentence for the person who asks.
    public var message: String
    /// In what the files differ from what runs, carried out or not.
    public var changes: [SpecChange]
    /// Names of the containers that would go, in the order in which they are taken.
    public var replaced: [String]
    /// How many would come.
    public var added: Int

    public init(
        service: String, action: ServiceOutcome.Action, message: String, changes: [SpecChange] = [],
        replaced: [String] = [], added: Int = 0
    ) {
        self.service = service
        self.action = action
        self.message = message
        self.changes = changes
        self.replaced = replaced
        self.added = added
    }
}

/// What a decision about a service comes to.
///
/// - Parameters:
///   - spec: what the files ask for.
///   - view: what runs; nil where nothing is known of it.
func plan(_ decision: ServiceDecision, on spec: ServiceSpec, _ now: ServiceSituation, _ view: ServiceView?)
    -> ServicePlan
{
    let running = view?.replacements ?? []
    switch decision {
    case .leave(let action, let message):
        let changes = now.spec.map { spec.changes(since: $0) } ?? []
        return ServicePlan(service: spec.name, action: action, message: message, changes: changes)
    case .cancel(_, let message):
        return ServicePlan(service: spec.name, action: .rolledBack, message: message, replaced: running.map(\.name))
    case .roll(let action, let goal, let isForced, let message):
        var plan = ServicePlan(service: spec.name, action: action, message: message, added: goal.scale)
        plan.changes = now.spec.map { goal.changes(since: $0) } ?? []
        // Another scale alone leaves the units that there are; else parts that don't change stay.
        let units = running.filter { $0.sidekick == nil }
        let kept = action == .scaled ? min(goal.scale, units.count) : 0
        let slots = Set(units.dropLast(kept).map(\.slot))
        let isWhole = isForced || action == .scaled
        let staying = isWhole ? [] : now.spec.map { goal.partsThatStay(since: $0) } ?? []
        plan.replaced = running.filter { slots.contains($0.slot) && !staying.contains($0.sidekick ?? goal.name) }
            .map(\.name)
        plan.added -= kept
        return plan
    }
}
