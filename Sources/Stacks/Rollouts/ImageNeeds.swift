import Model

/// The images that units are made from, each once.
struct ImageNeeds: Hashable, Sendable {
    /// Those that are pulled whatever the engine has.
    private(set) var pulled: [String] = []
    /// Those that are enough when the engine has them.
    private(set) var present: [String] = []

    /// - Parameters:
    ///   - pullsAll: whether `up --pull` was asked for.
    ///   - isFirst: whether nothing was pulled for this rollout yet.
    init(of goal: UnitGoal, pullsAll: Bool, isFirst: Bool) {
        for part in goal.spec.parts where !(pulled + present).contains(part.runnableImage) {
            // A part that is kept needs its image only where a container of it has to be made again.
            let isNew = goal.parts[goal.spec.sidekickName(of: part)] == goal.generation
            if isFirst, isNew, part.alwaysPull || pullsAll {
                pulled.append(part.runnableImage)
            } else {
                present.append(part.runnableImage)
            }
        }
    }
}
