import Foundation
import Access
import HTTPTypes
import Hummingbird
import Model
import ServiceLifecycle
import Store

/// Server-sent events: what changed, and logs as they grow.
struct LiveRoutes: Sendable {
    let services: WebServices

    var routes: [Route] {
        [
            .get("/live", .known) { request, context in
                try events(request, context, named: "news")
            },
            log("builds", .right(.read, .build)), log("deploys", .right(.read, .deploy)),
        ]
    }

    private func log(_ owner: String, _ access: RouteAccess) -> Route {
        .get("/\(owner)/{id}/steps/{step}/log/live", access) { request, context in
            let log = try await Self.log(services, owner, context)
            let at = request.headers[.lastEventID] ?? request.uri.queryParameters["offset"].map(String.init)
            return try .stream("text/event-stream", of: request, context) { writer in
                try await log.events(from: at.flatMap(LogCursor.init), to: &writer)
                return nil
            }
        }
    }

    /// The log that a path names.
    static func log(_ services: WebServices, _ owner: String, _ context: WebContext) async throws -> LogStream {
        let id = try context.parameters.require("id", as: Int64.self)
        let index = try context.parameters.require("step", as: Int.self)
        let step = try await services.step(index, of: owner == "builds" ? .build(id) : .deploy(id))
        return LogStream(services: services, step: step)
    }

    /// Events of `?topics=a/1,b/2` (all without it) after `Last-Event-ID`, `?after=` or now; `named` is nil where each
    /// keeps its own kind as its name. Those of what the reader may not see are left out.
    func events(_ request: Request, _ context: WebContext, named name: String?) throws -> Response {
        let query = request.uri.queryParameters
        let topics = (query["topics"] ?? "").split(separator: ",").map(String.init)
        let asked = request.headers[.lastEventID] ?? query["after"].map(String.init)
        return try .stream("text/event-stream", of: request, context) { writer in
            var resources: [String: Resource] = [:]
            var last = try await services.store.lastEventID()
            if let asked = asked.flatMap(Int64.init) { last = min(last, asked) }
            // Something at once, so that the client knows that it is connected.
            try await writer.send(ServerEvent(id: "\(last)", event: "hello", data: ""))
            for await _ in services.store.events.pulses(every: .seconds(5)).cancelOnGracefulShutdown() {
                for event in try await services.store.events(after: last, topics: topics) {
                    last = event.id
                    guard try await isVisible(event.topic, to: writer.principal, &resources) else { continue }
                    let data = try JSONCoding.encoder.encode(event)
                    try await writer.send(
                        ServerEvent(
                            id: "\(event.id)", event: name ?? event.kind, data: String(decoding: data, as: UTF8.self)))
                }
                try await writer.keepAlive()
            }
            return nil
        }
    }

    /// What a topic is about doesn't change, so it is looked up once.
    private func isVisible(
        _ topic: String, to principal: Principal?, _ resources: inout [String: Resource]
    ) async throws -> Bool {
        guard let principal else { return false }
        // Those two say only that a list has changed.
        if principal.readsEverything || ["apps", "secrets"].contains(topic) { return true }
        if resources[topic] == nil { resources[topic] = try await services.resource(ofTopic: topic) }
        return resources[topic].map { principal.may(.read, $0) } ?? false
    }
}
