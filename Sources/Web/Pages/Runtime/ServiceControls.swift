import Access
import Model
import Stacks

/// The buttons that change how a service runs; who may not press them sees the number alone.
struct ServiceControls: Sendable {
    /// The page that a change leads back to.
    enum Origin: String, Sendable, CaseIterable { case environment, stack, service }

    var place: ServicePlace
    var spec: ServiceSpec
    var origin: Origin

    /// − 3 +
    func scale(_ context: PageContext) -> HTML {
        let number: HTML = "<output aria-label=\"Scale of \(place.service)\">\(spec.scale)</output>"
        // What is on every host, or ran to its end, has no scale to change.
        let isFixed = spec.placement?.isGlobal == true || spec.lifecycle?.startOnce == true
        guard !isFixed, context.may(.operate, place.resource) else { return "<div class=\"scale\">\(number)</div>" }
        let question = spec.scale == 1 ? "Stop the last container of \(place.service)?" : nil
        return """
            <div class="scale" role="group" aria-label="Scale of \(place.service)">\
            \(step(-1, "−", "Scale \(place.service) down", question, context))\(number)\
            \(step(1, "+", "Scale \(place.service) up", nil, context))</div>
            """
    }

    private func step(
        _ by: Int, _ sign: String, _ label: String, _ question: String?, _ context: PageContext
    ) -> HTML {
        let scale = spec.scale + by
        let id = "\(by < 0 ? "less" : "more")-\(place.stack)-\(place.service)"
        guard (0...ServiceChange.largestScale).contains(scale) else {
            return "<button disabled aria-label=\"\(label)\">\(sign)</button>"
        }
        return context.form(
            "\(place.path)/scale", question: question,
            """
            <input type="hidden" name="from" value="\(origin.rawValue)"><input type="hidden" name="scale" value="\(scale)">\
            <button id="\(id)" aria-label="\(label) to \(scale)" title="\(label) to \(scale)">\(sign)</button>
            """)
    }

    func restart(_ context: PageContext) -> HTML? {
        guard context.may(.operate, place.resource), spec.scale > 0 else { return nil }
        let question =
            spec.scale == 1
            ? "Replace the container of \(place.service) by a new one?"
            : "Replace the \(spec.scale) containers of \(place.service) by new ones, batch by batch?"
        return context.form(
            "\(place.path)/restart", question: question,
            "<input type=\"hidden\" name=\"from\" value=\"\(origin.rawValue)\"><button id=\"restart\">\(Icon.redo)Restart</button>"
        )
    }
}
