import Model
import Stacks

/// The services of a stack, a calm line each: state, what runs, how busy it is, and − and +.
struct ServiceList: Sendable {
    var environment: Model.Environment
    var stack: StackView
    var usage: [String: UsageHistory]
    var origin: ServiceControls.Origin

    func html(_ context: PageContext) -> HTML {
        "<ul class=\"card rows services\">\(stack.services.map { row($0, context) })</ul>"
    }

    private func row(_ service: ServiceView, _ context: PageContext) -> HTML {
        let place = ServicePlace(environment: environment, stack: stack.name, service: service.name)
        let controls = ServiceControls(place: place, spec: service.spec, origin: origin)
        let processors = Plot.processors(service.current, usage, now: context.now)
        return """
            <li class="svc"><div>\(service.badge.html)</div>
            <div class="main"><h3><a href="\(place.path)">\(service.name)</a></h3>
            <div class="meta"><span>\(what(service))</span>\(Self.version(service.spec))\
            \(deploy(service, context))\(service.proof.map { "<span class=\"\($0.tone == .good ? "yes" : "no")\">\($0.icon) \($0.word)</span>" as HTML })</div></div>
            <div class="state">\(service.dots)\(processors.spark("Processors of \(service.name)"))</div>
            <div class="go">\(service.spec.kind == .containers ? controls.scale(context) : .empty)</div></li>

            """
    }

    private func what(_ service: ServiceView) -> String {
        guard service.spec.kind == .containers else { return service.spec.kind.rawValue }
        return "\(service.serving) of \(service.spec.scale) serving"
    }

    /// The commit that is wanted, else the image.
    static func version(_ spec: ServiceSpec) -> HTML {
        let tag = ImageReference(spec.image)?.tag
        if let sha = tag.flatMap({ SHA($0) }) { return Pieces.sha(sha) }
        return "<code>\(spec.image)</code>"
    }

    private func deploy(_ service: ServiceView, _ context: PageContext) -> HTML? {
        guard let id = service.current.compactMap(\.deployID).max() else { return nil }
        return "<a href=\"/deploys/\(id)\">deploy #\(id)</a>"
    }
}
