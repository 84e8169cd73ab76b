import Access
import Engines
import Model
import Stacks

/// Containers with their health, their origin and how busy they are.
struct ContainerTable: Sendable {
    var environment: Model.Environment
    var containers: [ContainerView]
    var usage: [String: UsageHistory]

    func html(_ context: PageContext) -> HTML? {
        guard !containers.isEmpty else { return nil }
        return """
            <table class="table containers"><thead><tr><th>Container</th><th>State and last probe</th><th>Comes from</th>\
            <th>Image</th><th>CPU and memory</th><th>Started</th><th><span class="vh">More</span></th></tr></thead>
            <tbody>\(containers.map { row($0, context) })</tbody></table>
            """
    }

    private func row(_ container: ContainerView, _ context: PageContext) -> HTML {
        let path = "/environments/\(environment.name)/containers/\(container.id)"
        let hasShell = container.state == .running && context.may(.exec, .environment(environment.id))
        let shell: HTML? =
            hasShell ? "<a href=\"\(path)/shell\" aria-label=\"Shell in \(container.name)\">Shell</a>" : nil
        let restarts: HTML? =
            container.restarts > 0
            ? "<span class=\"sub\">\(Words.count(container.restarts, "restart"))</span>" : nil
        return """
            <tr><td class="name"><span class="mark p\((max(1, container.slot) - 1) % 8)" aria-hidden="true"></span><code>\(container.name)</code>\
            \(container.sidekick.map { "<span class=\"sub\">sidekick \($0)</span>" as HTML })\
            \(container.address.map { "<span class=\"sub mono\">\($0)</span>" as HTML })</td>\
            <td data-label="State">\(container.badge.html)\(probe(container, context))\(restarts)</td>\
            <td data-label="Comes from">\(origin(container))</td>\
            <td data-label="Image">\(image(container))</td>\
            <td data-label="CPU and memory">\(busy(container, context))</td>\
            <td data-label="Started">\(container.startedAt.map { context.ago($0) })</td>\
            <td class="more-of"><a href="\(path)/logs" aria-label="Logs of \(container.name)">Logs</a>\(shell)</td></tr>

            """
    }

    private func probe(_ container: ContainerView, _ context: PageContext) -> HTML? {
        guard let probe = container.lastProbe, !container.parked else { return nil }
        return """
            <span class="sub\(" t-bad", if: !probe.passed)" title="\(Words.exact(probe.at))">\(probe.text)</span>
            """
    }

    private func origin(_ container: ContainerView) -> HTML {
        let revision: HTML = container.revision.map { Pieces.sha($0) } ?? "<span class=\"muted\">–</span>"
        let deploy: HTML? = container.deployID.map { id in
            "<span class=\"sub\"><a href=\"/deploys/\(id)\">deploy #\(id)</a></span>"
        }
        return "\(revision)\(deploy)"
    }

    /// The digest, and whether it is the one that was recorded when the commit was tested.
    private func image(_ container: ContainerView) -> HTML {
        let digest: HTML =
            container.imageDigest.map { Pieces.digest($0) } ?? "<code class=\"muted\">\(container.image)</code>"
        switch container.matches {
        case true: return "\(digest)<span class=\"sub yes\">\(Icon.check) as tested</span>"
        case false: return "\(digest)<span class=\"sub no\">\(Icon.alert) not as tested</span>"
        default: return digest
        }
    }

    private func busy(_ container: ContainerView, _ context: PageContext) -> HTML {
        let processors = Plot.processors([container], usage, now: context.now).spark("Processors of \(container.name)")
        let memory = Plot.memory([container], usage, now: context.now).spark("Memory of \(container.name)")
        guard processors != nil || memory != nil else { return "<span class=\"muted\">–</span>" }
        return "\(processors)\(memory)"
    }
}
