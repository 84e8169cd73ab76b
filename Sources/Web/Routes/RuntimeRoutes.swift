import Access
import Delivery
import Engines
import HTTPTypes
import Hummingbird
import Model
import Stacks

/// Stacks, services and hosts: what runs, and the buttons that change how it runs.
struct RuntimeRoutes: Sendable {
    private static let tail = 500
    /// Lines of a file that is downloaded.
    private static let longTail = 20_000

    let services: WebServices

    var routes: [Route] {
        let environment = "/environments/{environment}"
        let service = "\(environment)/stacks/{stack}/services/{service}"
        return [
            .get("\(environment)/hosts", .right(.read, .environment)) { _, context in try await hosts(context) },
            .get("\(environment)/containers/{container}/shell", .right(.exec, .environment)) { _, context in
                try await shell(context)
            },
            .get("\(environment)/stacks/{stack}", .right(.read, .environment)) { _, context in
                try await stack(context)
            },
            .get(service, .right(.read, .environment)) { _, context in try await self.service(context) },
            .post("\(service)/scale", .right(.operate, .environment), "service.scale") { _, context in
                guard let scale = Int((context.form["scale"] ?? "").trimmed) else {
                    throw Failure(.invalid, "The scale is not a number", hint: "Press − or + beside the service.")
                }
                return try await change(.scale(scale), context)
            },
            .post("\(service)/restart", .right(.operate, .environment), "service.restart") { _, context in
                try await change(.restart(batchSize: nil, interval: nil), context)
            },
            .get("\(service)/logs", .right(.read, .environment)) { _, context in try await logPage(context) },
            .get("\(service)/logs.txt", .right(.read, .environment)) { request, context in
                let chunks = try await logs(context, follow: false, tail: Self.longTail)
                return try .stream("text/plain; charset=utf-8", of: request, context) { writer in
                    for try await chunk in chunks { try await writer.write(.init(bytes: chunk)) }
                    return nil
                }
            },
            .get("\(service)/logs/live", .right(.read, .environment)) { request, context in
                try .following(try await logs(context, follow: true, tail: Self.tail), request, context)
            },
        ]
    }

    private func stack(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let environment = try await services.environment(context)
        let stack = try await services.stack(context, in: environment)
        let rollouts = try await services.stacks.rollouts(environment: environment, stack: stack.name, limit: 30)
        var view = StackPage(
            environment: environment, stack: stack, usage: await services.stacks.usage(in: environment),
            rollouts: rollouts)
        for service in stack.services where service.spec.kind == .loadBalancer {
            let place = ServicePlace(environment: environment, stack: stack.name, service: service.name)
            view.rules[service.name] = try await services.stacks.balancerTable(of: place.key)
        }
        return .page(view.render(page))
    }

    private func shell(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let environment = try await services.environment(context)
        let id = try context.parameters.require("container")
        for stack in try await services.stacks.stacks(in: environment) {
            for service in stack.services {
                guard let container = service.containers.first(where: { $0.id == id || $0.name == id }) else {
                    continue
                }
                let place = ServicePlace(environment: environment, stack: stack.name, service: service.name)
                return .page(TerminalPage(place: place, container: container).render(page))
            }
        }
        throw Failure(
            .notFound, "There is no container \(id) in \(environment.name)",
            hint: "It may have been replaced: the environment's page lists what runs.")
    }

    private func service(_ context: WebContext) async throws -> Response {
        // The context first: what happens while the page is put together is then told by the live stream.
        let page = try await services.page(context)
        let (place, service) = try await services.service(context)
        return .page(
            ServicePage(
                place: place, service: service, usage: await services.stacks.usage(in: place.environment),
                provenances: try await provenances(of: service, place, context),
                rollouts: try await services.stacks.rollouts(of: place.key),
                rules: try await services.stacks.balancerTable(of: place.key)
            ).render(page))
    }

    /// Where what runs came from, of the apps that the one who asks may see here.
    private func provenances(
        of service: ServiceView, _ place: ServicePlace, _ context: WebContext
    ) async throws -> [SHA: Provenance] {
        var deploys: [SHA: Int64] = [:]
        for container in service.current {
            guard let revision = container.revision, let id = container.deployID else { continue }
            deploys[revision] = max(id, deploys[revision] ?? id)
        }
        return try await services.delivery.provenances(
            ofImage: service.spec.image, revisions: Set(service.current.compactMap(\.revision)), deploys: deploys
        ).filter { context.may(.read, .target(app: $0.value.app.id, environment: place.environment.id)) }
    }

    private func hosts(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let environment = try await services.environment(context)
        var view = HostsPage(environment: environment, stacks: [])
        do {
            view.engine = try await services.stacks.engineInfo(in: environment)
            view.stacks = try await services.stacks.stacks(in: environment)
            view.usage = await services.stacks.usage(in: environment)
        } catch let failure as Failure {
            view.failure = failure
        }
        return .page(view.render(page))
    }

    private func change(_ change: ServiceChange, _ context: WebContext) async throws -> Response {
        let place = try await services.place(context)
        _ = try await services.change(change, place, context)
        switch context.form["from"].flatMap(ServiceControls.Origin.init(rawValue:)) {
        case .environment: return .seeOther("/environments/\(place.environment.name)")
        case .stack: return .seeOther(place.stackPath)
        case .service, nil: return .seeOther(place.path)
        }
    }

    private func logs(
        _ context: WebContext, follow: Bool, tail: Int
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let place = try await services.place(context)
        return try await services.stacks.logs(
            service: place.service, stack: place.stack, in: place.environment, follow: follow, tail: tail)
    }

    private func logPage(_ context: WebContext) async throws -> Response {
        let page = try await services.page(context)
        let (place, service) = try await services.service(context)
        var bytes: [UInt8] = []
        for try await chunk in try await logs(context, follow: false, tail: Self.tail) { bytes += chunk }
        var log = LogBox(
            path: "\(place.path)/logs", fragment: LogFragment(bytes, from: LogCursor(offset: 0), ended: true),
            isFull: true, emptyText: "They have printed nothing")
        log.file = "\(place.stack)-\(place.service).log"
        let links = service.current.map { container -> HTML in
            "<a href=\"/environments/\(place.environment.name)/containers/\(container.id)/logs\">\(container.name)</a>"
        }
        return .page(
            LogPage(
                title: "Logs of \(service.name)", parent: (service.name, place.path), log: log,
                top: (place.environment.name, "/environments/\(place.environment.name)"),
                subtitle: "<span>all containers, by time; one alone:</span>\(links.joined(by: " "))"
            ).render(page))
    }
}

/// What pages and API do alike.
extension WebServices {
    func environment(_ context: WebContext) async throws -> Model.Environment {
        try await stacks.environment(named: try context.parameters.require("environment"))
    }

    /// The stack that the path names. Throws `.notFound`, listing those that there are.
    func stack(_ context: WebContext, in environment: Model.Environment) async throws -> StackView {
        let name = try context.parameters.require("stack")
        let all = try await stacks.stacks(in: environment)
        guard let found = all.first(where: { $0.name == name }) else {
            throw Failure(
                .notFound, "There is no stack \(name) in \(environment.name)",
                hint: all.isEmpty ? "Nothing runs there." : "Stacks: \(all.map(\.name).joined(separator: ", ")).")
        }
        return found
    }

    /// The service that the path names, there or not.
    func place(_ context: WebContext) async throws -> ServicePlace {
        ServicePlace(
            environment: try await environment(context), stack: try context.parameters.require("stack"),
            service: try context.parameters.require("service"))
    }

    /// The service that the path names. Throws `.notFound`, listing those that there are.
    func service(_ context: WebContext) async throws -> (ServicePlace, ServiceView) {
        let place = try await place(context)
        let stack = try await stack(context, in: place.environment)
        guard let found = stack.services.first(where: { $0.name == place.service }) else {
            throw Failure(
                .notFound, "There is no service \(place.service) in the stack \(place.stack)",
                hint: "Services: \(stack.services.map(\.name).joined(separator: ", ")).")
        }
        return (place, found)
    }

    /// Scales or restarts a service, and says so in the audit log.
    func change(
        _ change: ServiceChange, _ place: ServicePlace, _ context: WebContext, key: String? = nil
    ) async throws -> ServiceOutcome {
        context.note.set { $0.subject = "\(place.stack)/\(place.service)" }
        if case .scale(let scale) = change { context.note.added(["scale": scale]) }
        // Which deploy it is, a deploy's script can't choose.
        var deployID: Int64?
        if case .deploy(let id, _) = context.principal?.actor.kind { deployID = id }
        return try await delivery.change(
            change, of: place.service, stack: place.stack, in: place.environment, by: context.actorName,
            deployID: deployID, key: key)
    }
}
