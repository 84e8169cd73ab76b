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
            answer: "BuildView"
        ) {
            try .value(try await $0.services.delivery.buildView(try $0.id()))
        },
        APIRoute(
            method: .post, path: "/builds/{id}/cancel", access: .right(.deploy, .build), action: "build.cancel",
            summary: "Asks a build to end", status: .accepted,
            answer: "Build"
        ) { call in
            try await call.services.delivery.cancelBuild(try call.id())
            return try .value(try await call.services.delivery.buildView(try call.id()).build, .accepted)
        },
        APIRoute(
            method: .get, path: "/builds/{id}/steps/{step}/log", access: .right(.read, .build),
            summary: "The log of a build's step", query: logQuery,
            answer: "text/plain"
        ) { try await log($0, of: .build(try $0.id())) },
    ]

    /// Bytes of a step's log from `?offset=`; with `?follow=1` until the step has ended.
    ///
    /// `X-Slipway-Log-Offset` is where to go on and `X-Slipway-Log-Ended` whether the step has ended: headers, or
    /// trailers of a stream. `Slipway-Log: complete` means that this answer holds the last byte; 204 that there is
    /// nothing after the offset and never will be.
    static func log(_ call: APICall, of owner: Step.Owner) async throws -> APIAnswer {
        let index = Int(try call.id("step"))
        let log = LogStream(services: call.services, step: try await call.services.step(index, of: owner))
        let offset = max(0, try call.number("offset") ?? 0)
        let (first, isWhole) = try await log.firstPiece(from: offset)
        if first.ended, first.bytes.isEmpty { return .nothing }
        if call.query("follow") == "1", !first.ended, !isWhole {
            return .raw(
                try .stream("text/plain; charset=utf-8", of: call.request, call.context) { writer in
                    let last = try await log.bytes(from: offset, to: &writer)
                    return [.logOffset: "\(last.next)", .logEnded: "\(last.ended)"]
                })
        }
        return .raw(try await log.file(from: offset, isOver: isWhole || first.ended))
    }
}
