import Engines
import Model
import Stacks

/// The machines of an environment, with a dot for each container.
struct HostsPage: Sendable {
    var environment: Model.Environment
    /// Nil where the engine doesn't answer.
    var engine: EngineInfo?
    var stacks: [StackView]
    var usage: [String: UsageHistory] = [:]
    var failure: Failure?

    func render(_ context: PageContext) -> HTML {
        context.page(
            "Hosts of \(environment.name)", section: .environments, topics: ["environment/\(environment.id)"],
            every: 10,
            """
            \(Pieces.crumbs(("Environments", "/environments"), (environment.name, "/environments/\(environment.name)")))
            <div class="head"><div class="grow"><h1>Hosts</h1>
            <div class="sub">\(environment.name) has one Docker Engine, and so one host.</div></div></div>
            <div data-live="hosts">\(failure.map(Pieces.notice))\(engine.map { host($0, context) })</div>
            """)
    }

    private func host(_ engine: EngineInfo, _ context: PageContext) -> HTML {
        let containers = stacks.flatMap(\.services).flatMap(\.containers)
        let running = containers.filter { $0.state == .running }
        let (cpu, memory) = (
            Plot.processors(running, usage, now: context.now), Plot.memory(running, usage, now: context.now)
        )
        return """
            <div class="card host"><div class="pad"><div class="bar"><h2>\(Icon.server) \(engine.hostName)</h2>\(Badge(.good, Icon.check, "Active").html)</div>
            <dl class="facts"><dt>Engine</dt><dd>\(engine.name)</dd><dt>Socket</dt><dd><code>\(environment.socket)</code></dd>
            <dt>Processors</dt><dd>\(engine.processors)\(cpu.sum.map { ", \(Words.decimal($0)) kept busy by Slipway's containers" as HTML })</dd>
            <dt>Memory</dt><dd>\(Words.bytes(Int(clamping: engine.memory)))\(memory.sum.map { ", \(Words.bytes(Int($0))) of it in Slipway's containers" as HTML })</dd>
            <dt>Containers</dt><dd>\(running.count) running, \(containers.count - running.count) stopped</dd></dl>
            <div class="plots">\(cpu.figure("CPU"))\(memory.figure("Memory"))</div></div>
            \(stacks.map { stack in stack.services.map { row($0, stack, context) }.joined() })</div>
            """
    }

    private func row(_ service: ServiceView, _ stack: StackView, _ context: PageContext) -> HTML {
        let place = ServicePlace(environment: environment, stack: stack.name, service: service.name)
        return """
            <div class="hostline"><a href="\(place.path)">\(stack.name)/\(service.name)</a>\
            \(ServiceView.dots(service.containers))<span class="muted small">\(service.serving) of \(service.spec.scale) serving</span></div>

            """
    }
}
