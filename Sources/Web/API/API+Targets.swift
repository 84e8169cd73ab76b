import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

extension API {
    private struct NewDeploy: Decodable { var revision: String }

    static let targetRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/targets", access: .known, summary: "All targets, and what they run",
            answer: "[TargetSummary]"
        ) {
            try .value(try await $0.services.summaries($0.context).flatMap(\.targets))
        },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}", access: .right(.read, .target),
            summary: "A target with its commits and deploys",
            query: paging, answer: "TargetView"
        ) { call in
            let view = try await call.services.delivery.targetView(
                try await call.target(), before: try call.number("before").map(Int64.init), limit: try call.limit())
            return try .value(view)
        },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}/plan", access: .right(.read, .target),
            summary: "What a deploy would do; changes nothing",
            query: [.init(name: "revision", text: "A commit's SHA or its first digits.", isRequired: true)],
            answer: "DeployPlan"
        ) { call in
            guard let revision = call.query("revision") else { throw Failure(.usage, "?revision= is missing") }
            return try .value(try await call.services.delivery.plan(try await call.target(), revision: revision))
        },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}/deploys", access: .right(.read, .target),
            summary: "Deploys, newest first", query: paging,
            answer: "Page of DeployRow"
        ) { call in
            let limit = try call.limit()
            let rows = try await call.services.delivery.deploys(
                of: try await call.target(), before: try call.number("before").map(Int64.init), limit: limit + 1)
            let shown = Array(rows.prefix(limit))
            return try .value(Page(rows: shown, cursor: rows.count > limit ? shown.last?.deploy.id : nil))
        },
        APIRoute(
            method: .post, path: "/targets/{app}/{environment}/deploys", access: .right(.deploy, .target),
            action: "deploy.start",
            summary: "Queues a deploy, redeploy or rollback, whichever the commit makes it",
            body: [.init(name: "revision", text: "A commit's SHA or its first digits.", isRequired: true)],
            status: .accepted, answer: "Deploy"
        ) { call in
            let revision = try await call.body(NewDeploy.self).revision
            let deploy = try await call.services.delivery.deploy(
                try await call.target(), revision: revision, by: call.actorName,
                idempotencyKey: call.request.headers[.idempotencyKey])
            call.context.note.started(deploy)
            return try .value(deploy, .accepted)
        },
    ]

    static let deployRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/deploys/{id}", access: .right(.read, .deploy),
            summary: "A deploy with its steps and rollouts", answer: "DeployView"
        ) { try .value(try await $0.services.delivery.deployView(try $0.id())) },
        APIRoute(
            method: .post, path: "/deploys/{id}/abort", access: .right(.deploy, .deploy), action: "deploy.abort",
            summary: "Asks a deploy to end; its rollouts go back",
            query: [
                .init(
                    name: "rollback", type: "integer",
                    text: "1: one rollback to the newest deploy that succeeded follows, whichever way this one ends.")
            ], status: .accepted, answer: "Deploy"
        ) { call in
            let isRollback = call.query("rollback") == "1"
            call.context.note.added(["rollback": isRollback])
            try await call.services.delivery.abort(try call.id(), rollbackBy: isRollback ? call.actorName : nil)
            return try .value(try await call.services.delivery.deployView(try call.id()).deploy, .accepted)
        },
        APIRoute(
            method: .get, path: "/deploys/{id}/steps/{step}/log", access: .right(.read, .deploy),
            summary: "The log of a deploy's step",
            query: logQuery, answer: "text/plain"
        ) { try await log($0, of: .deploy(try $0.id())) },
        APIRoute(
            method: .get, path: "/deploys/{id}/rollouts", access: .right(.read, .deploy),
            summary: "What a deploy's script changed",
            answer: "[Rollout]"
        ) { try .value(try await $0.services.delivery.deployView(try $0.id()).rollouts) },
    ]
}
