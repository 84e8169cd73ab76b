import Model
import Stacks

/// One stack: its services, who calls whom, and what happened to them.
struct StackPage: Sendable {
    var environment: Model.Environment
    var stack: StackView
    var usage: [String: UsageHistory] = [:]
    /// Newest first.
    var rollouts: [Rollout] = []
    /// Of its load balancers, by their names.
    var rules: [String: [BalancerRow]] = [:]

    func render(_ context: PageContext) -> HTML {
        let open = stack.services.compactMap(\.rollout).filter { !$0.state.isFinal }
        let path = "/environments/\(environment.name)/stacks/\(stack.name)"
        let picture = LinkPicture(services: stack.services) { "\(path)/services/\($0)" }.html
        return context.page(
            "\(stack.name) in \(environment.name)", section: .environments,
            topics: ["environment/\(environment.id)"] + open.map { "rollout/\($0.id)" }, every: 10,
            """
            \(Pieces.crumbs(("Environments", "/environments"), (environment.name, "/environments/\(environment.name)")))
            <div class="head"><div class="grow"><h1>\(stack.name)</h1>
            <div class="sub" data-live="sum">\(Words.count(stack.services.count, "service")), \
            \(Words.count(stack.services.map(\.current.count).reduce(0, +), "container"))</div></div></div>
            <div data-live="services">\(ServiceList(environment: environment, stack: stack, usage: usage, origin: .stack).html(context))</div>
            <div data-live="rules">\(balancers)</div>
            <div data-live="links">\(picture.map { "<section><div class=\"bar\"><h2>Who calls whom</h2></div>\($0)</section>" as HTML })</div>
            <section><div class="bar"><h2>Events</h2></div>
            <div data-live="events">\(RolloutEvents(rollouts: rollouts, namesServices: true).html(context))</div></section>
            """)
    }

    private var balancers: [HTML] {
        rules.sorted { $0.key < $1.key }.map { name, rows in
            """
            <section><div class="bar"><h2>Rules of \(name)</h2></div>
            <div class="card service">\(BalancerTable(environment: environment, rows: rows).html)</div></section>
            """
        }
    }
}
