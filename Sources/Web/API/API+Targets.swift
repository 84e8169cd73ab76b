import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model

extension API {
    struct NewDeploy: Decodable, Sendable { var revision: String }

    private static let revisionText = "A commit's SHA or its first digits."

    static let targetRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/targets", access: .known, summary: "All targets, and what they run",
            answer: [TargetSummary].self
        ) { try await $0.services.summaries($0.context).flatMap(\.targets) },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}", access: .right(.read, .target),
            summary: "A target with its commits and deploys",
            query: paging, answer: TargetView.self
        ) { call in
            try await call.services.delivery.targetView(
                try await call.target(), before: try call.number("before").map(Int64.init), limit: try call.limit())
        },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}/plan", access: .right(.read, .target),
            summary: "What a deploy would do; changes nothing",
            query: [.text("revision", revisionText, longest: 40, isRequired: true)],
            answer: DeployPlan.self, problems: [.invalid, .conflict, .unavailable]
        ) { call in
            let revision = call.query("revision") ?? ""
            return try await call.services.delivery.plan(try await call.target(), revision: revision)
        },
        APIRoute(
            method: .get, path: "/targets/{app}/{environment}/deploys", access: .right(.read, .target),
            summary: "Deploys, newest first", query: paging,
            answer: Page<DeployRow>.self
        ) { call in
            let limit = try call.limit()
            let rows = try await call.services.delivery.deploys(
                of: try await call.target(), before: try call.number("before").map(Int64.init), limit: limit + 1)
            let shown = Array(rows.prefix(limit))
            return Page(rows: shown, cursor: rows.count > limit ? shown.last?.deploy.id : nil)
        },
        APIRoute(
            method: .post, path: "/targets/{app}/{environment}/deploys", access: .right(.deploy, .target),
            action: "deploy.start",
            summary: "Queues a deploy, redeploy or rollback, whichever the commit makes it",
            body: .of(NewDeploy.self, [.text("revision", revisionText, longest: 40)]),
            status: .accepted, answer: Deploy.self, problems: [.unavailable]
        ) { call in
            let revision = try await call.body(NewDeploy.self).revision
            let deploy = try await call.services.delivery.deploy(
                try await call.target(), revision: revision, by: call.actorName,
                idempotencyKey: call.request.headers[.idempotencyKey])
            call.context.note.started(deploy)
            return deploy
        },
    ]

    static let deployRoutes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/deploys/{id}", access: .right(.read, .deploy),
            summary: "A deploy with its steps and rollouts", answer: DeployView.self
        ) { try await $0.services.delivery.deployView(try $0.id()) },
        APIRoute(
            method: .post, path: "/deploys/{id}/abort", access: .right(.deploy, .deploy), action: "deploy.abort",
            summary: "Asks a deploy to end; its rollouts go back",
            query: [
                .flag(
                    "rollback",
                    "1: one rollback to the newest deploy that succeeded follows, whichever way this one ends.")
            ], status: .accepted, answer: Deploy.self
        ) { call in
            let isRollback = call.query("rollback") == "1"
            call.context.note.added(["rollback": isRollback])
            try await call.services.delivery.abort(try call.id(), rollbackBy: isRollback ? call.actorName : nil)
            return try await call.services.delivery.deployView(try call.id()).deploy
        },
        stepLog("/deploys/{id}/steps/{step}/log", .right(.read, .deploy), "The log of a deploy's step") {
            .deploy(try $0.id())
        },
        APIRoute(
            method: .get, path: "/deploys/{id}/rollouts", access: .right(.read, .deploy),
            summary: "What a deploy's script changed",
            answer: [Rollout].self
        ) { try await $0.services.delivery.deployView(try $0.id()).rollouts },
    ]
}
