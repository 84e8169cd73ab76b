internal import Model

/// One row of the table: a key in one form, and what each engine makes of it.
struct EngineRow: Sendable {
    /// Where the key stands.
    enum Scope: String, Sendable, CaseIterable {
        case service
        /// In a service's `labels`; a key that ends in `*` means all that begin so.
        case label
        // One entry beside `services`.
        case volume, network, config
    }

    let scope: Scope
    /// Names of one meaning; dots lead into mappings: `deploy.placement.constraints`.
    let keys: [String]
    let form: EngineForm
    private let verdicts: [EngineKind: EngineVerdict]

    init(
        _ scope: Scope, _ keys: String, _ form: EngineForm = .any, docker: EngineVerdict, swarm: EngineVerdict,
        kubernetes: EngineVerdict
    ) {
        self.scope = scope
        self.keys = keys.split(separator: " ").map(String.init)
        self.form = form
        verdicts = [.docker: docker, .swarm: swarm, .kubernetes: kubernetes]
    }

    func verdict(_ engine: EngineKind) -> EngineVerdict { verdicts[engine] ?? .none }

    /// The engines that don't refuse it.
    var takers: [EngineKind] { EngineKind.allCases.filter { !verdict($0).isRefusal } }
}
