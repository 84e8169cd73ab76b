import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import Pipeline

extension API {
    static let buildRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/builds/{id}", access: .right(.read, .build), summary: "A build with its steps",
            answer: BuildView.self
        ) { try await $0.services.delivery.buildView(try $0.id()) },
        APIRoute(
            method: .post, path: "/builds/{id}/cancel", access: .right(.deploy, .build), action: "build.cancel",
            summary: "Asks a build to end", status: .accepted,
            answer: Build.self
        ) { call in
            try await call.services.delivery.cancelBuild(try call.id())
            return try await call.services.delivery.buildView(try call.id()).build
        },
        stepLog("/builds/{id}/steps/{step}/log", .right(.read, .build), "The log of a build's step") {
            .build(try $0.id())
        },
    ]

    /// The operation that gives the log of a step.
    static func stepLog(
        _ path: String, _ access: RouteAccess, _ summary: String,
        of owner: @escaping @Sendable (APICall) throws -> Step.Owner
    ) -> APIRoute {
        APIRoute(
            path: path, access: access, summary: summary, query: logQuery, media: "text/plain",
            text: "The bytes of the log. Those of a stream have the first two headers as trailers.",
            headers: [
                "X-Slipway-Log-Offset": "Where to go on: the offset after the last byte.",
                "X-Slipway-Log-Ended": "true when nothing will be added, else false.",
                "Slipway-Log": "complete when this answer holds the last byte.",
            ], mayBeEmpty: true
        ) { try await log($0, of: try owner($0)) }
    }

    /// Bytes of a step's log from `?offset=`; with `?follow=1` until the step has ended.
    ///
    /// `X-Slipway-Log-Offset` is where to go on and `X-Slipway-Log-Ended` whether the step has ended: headers, or
    /// trailers of a stream. `Slipway-Log: complete` means that this answer holds the last byte; 204 that there is
    /// nothing after the offset and never will be.
    static func log(_ call: APICall, of owner: Step.Owner) async throws -> Response {
        let index = Int(try call.id("step"))
        let log = LogStream(services: call.services, step: try await call.services.step(index, of: owner))
        let offset = max(0, try call.number("offset") ?? 0)
        let (first, isWhole) = try await log.firstPiece(from: offset)
        if first.ended, first.bytes.isEmpty { return Response(status: .noContent) }
        if call.query("follow") == "1", !first.ended, !isWhole {
            return try .stream("text/plain; charset=utf-8", of: call.request, call.context) { writer in
                let last = try await log.bytes(from: offset, to: &writer)
                return [.logOffset: "\(last.next)", .logEnded: "\(last.ended)"]
            }
        }
        return try await log.file(from: offset, isOver: isWhole || first.ended)
    }
}
