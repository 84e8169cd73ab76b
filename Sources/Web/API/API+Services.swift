import Access
import Engines
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Stacks

extension API {
    struct Scale: Decodable, Sendable {
        var scale: Int
    }

    struct Restart: Decodable, Sendable {
        var batchSize: Int?
        var interval: Int?
    }

    private static let servicePath = "/environments/{environment}/stacks/{stack}/services/{service}"

    static let serviceRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: servicePath, access: .right(.read, .environment),
            summary: "A service with its containers", answer: ServiceView.self, problems: [.unavailable]
        ) { try await $0.services.service($0.context).1 },
        APIRoute(
            method: .post, path: "\(servicePath)/scale", access: .right(.operate, .environment),
            action: "service.scale", summary: "Begins to bring a service to another number of containers",
            body: .of(
                Scale.self,
                [.number("scale", "Containers, or units of them.", 0...Int64(ServiceChange.largestScale))]),
            answer: ServiceOutcome.self, problems: [.unavailable]
        ) { call in
            let wish = try await call.body(Scale.self)
            return try await change(.scale(wish.scale), call)
        },
        APIRoute(
            method: .post, path: "\(servicePath)/restart", access: .right(.operate, .environment),
            action: "service.restart",
            summary: "Begins to replace all containers of a service by new ones of the same kind, batch by batch",
            body: .of(
                Restart.self,
                [
                    .number("batchSize", "Containers at a time; as in the last rollout without it.", 1...500),
                    .number(
                        "interval", "Milliseconds between batches; as in the last rollout without it.",
                        0...3_600_000),
                ]), answer: ServiceOutcome.self, problems: [.unavailable]
        ) { call in
            let wish = try await call.body(Restart.self)
            return try await change(.restart(batchSize: wish.batchSize, interval: wish.interval), call)
        },
        APIRoute(
            path: "\(servicePath)/logs", access: .right(.read, .environment),
            summary: "Output of all containers of a service, by time, each line behind the number of its container",
            query: [
                .number("tail", "Lines from the end; 500 without it.", 0...100_000),
                .flag("follow", "1: go on, with containers that come later, until the reader goes."),
            ], media: "text/plain", text: "What the containers wrote.", problems: [.unavailable]
        ) { call in
            let place = try await call.services.place(call.context)
            let chunks = try await call.services.stacks.logs(
                service: place.service, stack: place.stack, in: place.environment,
                follow: call.query("follow") == "1", tail: try call.number("tail") ?? 500)
            return try .stream("text/plain; charset=utf-8", of: call.request, call.context) { writer in
                for try await chunk in chunks.cancelOnGracefulShutdown() {
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
                return nil
            }
        },
        APIRoute(
            method: .get, path: "/environments/{environment}/hosts", access: .right(.read, .environment),
            summary: "The machines of an environment", answer: [EngineInfo].self, problems: [.unavailable]
        ) { [try await $0.services.stacks.engineInfo(in: try await $0.environment())] },
        APIRoute(
            method: .get, path: "/environments/{environment}/usage", access: .right(.read, .environment),
            summary: "What containers used in the last hour, by their ids; measured more often while somebody asks",
            answer: [String: UsageHistory].self
        ) { await $0.services.stacks.usage(in: try await $0.environment()) },
    ]

    private static func change(_ change: ServiceChange, _ call: APICall) async throws -> ServiceOutcome {
        let key = call.request.headers[.idempotencyKey].map { "\(call.actorName) \($0)" }
        return try await call.services.change(
            change, try await call.services.place(call.context), call.context, key: key)
    }
}
