import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Stacks

extension API {
    struct NewEnvironment: Decodable, Sendable {
        var name: String
        var aliases: [String]?
        var socket: String?
    }

    private struct EngineAccess: Decodable {
        var scripts: Bool
    }

    static let environmentRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/environments", access: .known, summary: "Places to run things",
            answer: [Model.Environment].self
        ) { try await $0.services.environments($0.context) },
        APIRoute(
            method: .post, path: "/environments", access: .right(.configure, .server), action: "environment.add",
            summary: "Adds an environment",
            body: .of(
                NewEnvironment.self,
                [
                    .text("name", "production: letters, digits, '-', '_' and '.', at most 63.", longest: 63),
                    .list("aliases", "Other names for it."),
                    .text(
                        "socket", "Path of the Docker Engine's socket; /var/run/docker.sock without it.",
                        longest: 200),
                ]), status: .created, answer: Model.Environment.self
        ) { call in
            let new = try await call.body(NewEnvironment.self)
            call.context.note.set { $0.environment = new.name }
            let environment = try await call.services.stacks.addEnvironment(
                name: new.name, aliases: new.aliases ?? [], socket: new.socket ?? "/var/run/docker.sock")
            call.context.note.added(environment)
            return environment
        },
        APIRoute(
            method: .put, path: "/environments/{environment}/engine-access", access: .right(.configure, .server),
            action: "environment.engine-access",
            summary: "Lets deploy scripts in the environment use the engine's socket, or no longer",
            body: .of(
                EngineAccess.self,
                [.text("scripts", "Whether they may; who may can do anything on the engine's machine.")]),
            answer: Model.Environment.self
        ) { call in
            let wish = try await call.body(EngineAccess.self)
            let before = try await call.environment()
            let after = try await call.services.stacks.setScriptsUseEngine(wish.scripts, in: before)
            call.context.note.change(from: before, to: after)
            return after
        },
        APIRoute(
            method: .get, path: "/environments/{environment}/stacks", access: .right(.read, .environment),
            summary: "Stacks, services and containers",
            answer: [StackView].self, problems: [.unavailable]
        ) { try await $0.services.stacks.stacks(in: try await $0.environment()) },
        APIRoute(
            method: .post, path: "/environments/{environment}/stacks/{stack}/up",
            access: .right(.operate, .environment), action: "services.up",
            summary: "Begins to bring services to what their files ask for; each outcome names its rollout",
            body: .of(UpRequest.self), answer: [ServiceOutcome].self, problems: [.unavailable]
        ) { call in try await up(call) },
        APIRoute(
            method: .post, path: "/environments/{environment}/stacks/{stack}/plan",
            access: .right(.operate, .environment), action: "services.plan",
            summary:
                "What the same request to `up` would do: containers that go and come, and what differs; changes nothing",
            body: .of(UpRequest.self), answer: StackPlan.self, isKept: false, problems: [.unavailable]
        ) { call in
            // Nothing happens, so nothing is recorded.
            call.context.note.set { $0.isSkipped = true }
            let environment = try await call.environment()
            return try await call.services.delivery.plan(try await upRequest(call), in: environment)
        },
        APIRoute(
            method: .get, path: "/rollouts/{id}", access: .right(.read, .rollout),
            summary: "A rollout with its batch log", answer: Rollout.self
        ) { try await $0.services.stacks.rollout(try $0.id()) },
        APIRoute(
            method: .post, path: "/rollouts/{id}/cancel", access: .right(.operate, .rollout), action: "rollout.cancel",
            summary: "Takes a rollout back", status: .accepted,
            answer: Rollout.self
        ) { call in
            try await call.services.stacks.cancel(rollout: try call.id())
            return try await call.services.stacks.rollout(try call.id())
        },
        APIRoute(
            path: "/environments/{environment}/containers/{container}/logs",
            access: .right(.read, .environment),
            summary: "Output of a container",
            query: [
                .number("tail", "Lines from the end; 500 without it.", 0...100_000),
                .flag("follow", "1: go on as long as the container runs."),
            ], media: "text/plain", text: "What the container wrote.", problems: [.unavailable]
        ) { call in
            let chunks = try await call.services.stacks.logs(
                container: try call.path("container"), in: try await call.environment(),
                follow: call.query("follow") == "1", tail: try call.number("tail") ?? 500)
            return try .stream("text/plain; charset=utf-8", of: call.request, call.context) { writer in
                for try await chunk in chunks.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
                return nil
            }
        },
    ]

    private static func upRequest(_ call: APICall) async throws -> UpRequest {
        var request = try await call.body(UpRequest.self)
        request.stack = try call.path("stack")
        // Which deploy it is, a deploy's script can't choose.
        if case .deploy(let id, _) = call.context.principal?.actor.kind { request.deployID = id }
        return request
    }

    private static func up(_ call: APICall) async throws -> [ServiceOutcome] {
        let environment = try await call.environment()
        let request = try await upRequest(call)
        call.context.note.set { [stack = request.stack] in $0.subject = stack }
        call.context.note.added(["services": request.services])
        let key = call.request.headers[.idempotencyKey].map { "\(call.actorName) \($0)" }
        return try await call.services.delivery.up(request, in: environment, key: key)
    }
}
