import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Stacks

extension API {
    private struct NewEnvironment: Decodable {
        var name: String
        var aliases: [String]?
        var socket: String?
    }

    static let environmentRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/environments", access: .known, summary: "Places to run things",
            answer: "[Environment]"
        ) {
            try .value(try await $0.services.environments($0.context))
        },
        APIRoute(
            method: .post, path: "/environments", access: .right(.configure, .server), action: "environment.add",
            summary: "Adds an environment",
            body: [
                .init(name: "name", text: "production", isRequired: true),
                .init(name: "aliases", type: "array", text: "Other names for it."),
                .init(name: "socket", text: "The Docker Engine's socket; /var/run/docker.sock without it."),
            ], status: .created, answer: "Environment"
        ) { call in
            let new = try await call.body(NewEnvironment.self)
            call.context.note.set { $0.environment = new.name }
            let environment = try await call.services.stacks.addEnvironment(
                name: new.name, aliases: new.aliases ?? [], socket: new.socket ?? "/var/run/docker.sock")
            call.context.note.added(environment)
            return try .value(environment, .created)
        },
        APIRoute(
            method: .get, path: "/environments/{environment}/stacks", access: .right(.read, .environment),
            summary: "Stacks, services and containers",
            answer: "[StackView]"
        ) { call in try .value(try await call.services.stacks.stacks(in: try await call.environment())) },
        APIRoute(
            method: .post, path: "/environments/{environment}/stacks/{stack}/up",
            access: .right(.operate, .environment), action: "services.up",
            summary: "Begins to bring services to what their files ask for; each outcome names its rollout",
            body: [.init(name: "services", type: "array", text: "As UpRequest.", isRequired: true)],
            answer: "[ServiceOutcome]"
        ) { call in try await up(call) },
        APIRoute(
            method: .get, path: "/rollouts/{id}", access: .right(.read, .rollout),
            summary: "A rollout with its batch log", answer: "Rollout"
        ) {
            try .value(try await $0.services.stacks.rollout(try $0.id()))
        },
        APIRoute(
            method: .post, path: "/rollouts/{id}/cancel", access: .right(.operate, .rollout), action: "rollout.cancel",
            summary: "Takes a rollout back", status: .accepted,
            answer: "Rollout"
        ) { call in
            try await call.services.stacks.cancel(rollout: try call.id())
            return try .value(try await call.services.stacks.rollout(try call.id()), .accepted)
        },
        APIRoute(
            method: .get, path: "/environments/{environment}/containers/{container}/logs",
            access: .right(.read, .environment),
            summary: "Output of a container",
            query: [
                .init(name: "tail", type: "integer", text: "Lines from the end; 500 without it."),
                .init(name: "follow", type: "integer", text: "1: go on as long as the container runs."),
            ], answer: "text/plain"
        ) { call in
            let chunks = try await call.services.stacks.logs(
                container: try call.path("container"), in: try await call.environment(),
                follow: call.query("follow") == "1", tail: try call.number("tail") ?? 500)
            return .raw(
                try .stream("text/plain; charset=utf-8", of: call.request, call.context) { writer in
                    for try await chunk in chunks.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(bytes: chunk))
                    }
                    return nil
                })
        },
    ]

    private static func up(_ call: APICall) async throws -> APIAnswer {
        let environment = try await call.environment()
        var request = try await call.body(UpRequest.self)
        request.stack = try call.path("stack")
        // Which deploy it is, a deploy's script can't choose.
        if case .deploy(let id, _) = call.context.principal?.actor.kind { request.deployID = id }
        call.context.note.set { [stack = request.stack] in $0.subject = stack }
        call.context.note.added(["services": request.services])
        let key = call.request.headers[.idempotencyKey].map { "\(call.actorName) \($0)" }
        return try .value(try await call.services.delivery.up(request, in: environment, key: key))
    }
}
