import Access
import Foundation
import Engines
import Model
import Stacks
import Testing

@testable import Delivery
@testable import Web

/// A small world that the golden files and the previews show. Nothing in it depends on the day.
struct Sample {
    static let now = date(0)
    static let admin = Principal(
        actor: Actor(name: "admin", kind: .account),
        grants: [Grant(id: 1, subject: .account("admin"), allowance: .role(.admin))])
    static let context = PageContext(
        principal: admin, csrf: "token", now: now, version: "0.1.0", publicURL: "http://127.0.0.1:8080", lastEvent: 41)

    static func date(_ secondsAgo: Double) -> Date { Date(timeIntervalSince1970: 1_790_000_000 - secondsAgo) }

    let shas: [SHA]
    let digest: Digest

    init() throws {
        let texts = ["9f3c2ab", "41d07e6", "c85b9f0", "07ae4d1", "e2b61c8", "5d90a37"]
        shas = try texts.map { text in
            try #require(SHA(text + String(repeating: "0123456789abcdef", count: 3).prefix(33)))
        }
        digest = try #require(Digest("sha256:" + String(repeating: "4be1c07f", count: 8)))
    }
}

extension Sample {
    static let app = App(id: 1, name: "orders", source: .hosted, branch: "main", createdAt: date(900_000))
    static let production = Environment(id: 1, name: "production", socket: "/var/run/docker.sock")
    static let target = Target(id: 1, app: app, environment: production)

    func commit(_ index: Int) -> Commit {
        let rows: [(author: String, title: String, ago: Double, plus: Int, minus: Int)] = [
            ("Ada Lindqvist", "Answer 409 when an order is paid twice (#128)", 180, 41, 7),
            ("Miguel Sørensen", "Count what is in stock in one query instead of n", 2_400, 22, 64),
            ("Priya Raman", "Add an index on order.customer_id (#125)", 9_000, 12, 0),
            ("Ada Lindqvist", "Rename the <legacy> price column & its readers", 61_000, 118, 93),
            ("Jonas Weber", "Send the receipt after the commit, not before it (#121)", 172_000, 30, 18),
            ("Priya Raman", "First version of the orders service", 800_000, 1402, 0),
        ]
        let row = rows[index]
        return Commit(
            id: Int64(100 - index), appID: 1, sha: shas[index], authorName: row.author,
            authorEmail: "someone@example.com", committedAt: Self.date(row.ago), title: row.title,
            body: "Because \"it\" matters.", additions: row.plus, deletions: row.minus, position: Int64(100 - index),
            seenAt: Self.date(row.ago))
    }

    func build(_ index: Int, _ state: Build.State, reason: String? = nil) -> Build {
        let queued = commit(index).committedAt.addingTimeInterval(5)
        return Build(
            id: Int64(50 - index), appID: 1, sha: shas[index], attempt: 1, state: state, reason: reason,
            queuedAt: queued, startedAt: state == .queued ? nil : queued.addingTimeInterval(2),
            endedAt: state.isFinal ? queued.addingTimeInterval(133) : nil)
    }

    func image(_ index: Int) -> Image {
        Image(
            id: 1, appID: 1, buildID: Int64(50 - index), sha: shas[index], name: "acme/orders",
            location: "127.0.0.1:5000/acme/orders", digest: digest, pushedAt: commit(index).committedAt)
    }

    func deploy(
        _ id: Int64, _ kind: Deploy.Kind, _ index: Int, from previous: Int?, _ state: Deploy.State, ago: Double,
        reason: String? = nil, verification: Deploy.Verification? = nil
    ) -> Deploy {
        Deploy(
            id: id, targetID: 1, kind: kind, sha: shas[index], previousSHA: previous.map { shas[$0] }, state: state,
            reason: reason, verification: verification, requestedBy: "ada", queuedAt: Self.date(ago),
            startedAt: Self.date(ago - 1), endedAt: state.isFinal ? Self.date(ago - 72) : nil)
    }

    func row(_ index: Int, _ build: Build.State?, _ button: DeployButton, live: Bool = false) -> CommitRow {
        CommitRow(
            commit: commit(index), build: build.map { self.build(index, $0) },
            image: build == .succeeded ? image(index) : nil, deploy: nil, isLive: live, button: button)
    }

    var liveDeploy: Deploy {
        deploy(12, .deploy, 3, from: 4, .succeeded, ago: 54_000, verification: .verified(containers: 3))
    }

    var summary: TargetSummary {
        TargetSummary(target: Self.target, live: liveDeploy, liveTitle: commit(3).title, active: nil)
    }

    var rows: [CommitRow] {
        [
            row(0, .running, .unavailable(reason: "The tests are running")),
            row(1, .succeeded, .available(.deploy)),
            row(2, .failed, .unavailable(reason: "No image: the build failed")),
            row(3, .succeeded, .available(.redeploy), live: true),
            row(4, .succeeded, .available(.rollback)),
            row(5, .succeeded, .available(.rollback)),
        ]
    }

    var deployRows: [DeployRow] {
        [
            DeployRow(
                deploy: liveDeploy, title: commit(3).title, authorName: commit(3).authorName,
                rollback: .available(.redeploy)),
            DeployRow(
                deploy: deploy(11, .deploy, 2, from: 4, .rolledBack, ago: 90_000, reason: "unhealthy"),
                title: commit(2).title, authorName: commit(2).authorName, rollback: .unavailable(reason: "never ran")),
            DeployRow(
                deploy: deploy(10, .deploy, 4, from: 5, .succeeded, ago: 170_000), title: commit(4).title,
                authorName: commit(4).authorName, rollback: .available(.rollback)),
        ]
    }

    var targetView: TargetView {
        TargetView(summary: summary, commits: rows, cursor: 95, deploys: deployRows, undeployed: 3)
    }

    func steps(_ owner: Step.Owner, running: Int) -> [Step] {
        let names = ["Check out", "python3 -m pytest", "docker build", "docker push"]
        return names.enumerated().map { index, name in
            let state: Step.State = index < running ? .succeeded : index == running ? .running : .waiting
            return Step(
                id: Int64(index), owner: owner, index: index, name: name,
                command: index == 1 ? "python3 -m pytest --junitxml=reports/junit.xml" : name, state: state,
                exitStatus: state == .succeeded ? 0 : nil, startedAt: index <= running ? Self.date(60) : nil,
                endedAt: state == .succeeded ? Self.date(40) : nil)
        }
    }

    static let log = """
        \u{1B}[1m============================= test session starts ==============================\u{1B}[0m\r
        platform linux -- Python 3.11.2, pytest-7.2.1, pluggy-1.0.0 -- /usr/bin/python3\r
        collected 24 items\r
        \r
        tests/test_orders.py::test_create \u{1B}[32mPASSED\u{1B}[0m\u{1B}[32m                                      [  4%]\u{1B}[0m\r
        tests/test_orders.py::test_pay_twice <html> & co \u{1B}[31mFAILED\u{1B}[0m\u{1B}[31m                       [  8%]\u{1B}[0m\r
        \u{1B}[33mwarning\u{1B}[0m: deprecated call in \u{1B}[36morders/pay.py\u{1B}[0m:41\r
        Downloading  10%\rDownloading  55%\rDownloading 100%\r
        \u{1B}[38;5;208m24 to go\u{1B}[0m, still run
        """

    func box(_ path: String) -> LogBox {
        LogBox(
            path: path,
            fragment: LogFragment(Array(Self.log.utf8), from: LogCursor(offset: 400_000), ended: false), start: 400_000)
    }

    var buildView: BuildView {
        BuildView(
            app: Self.app, commit: commit(0), build: build(0, .running), steps: steps(.build(50), running: 1),
            image: nil, others: [build(5, .failed)],
            findings: [
                Finding(
                    file: "slipway.yml", line: 7, column: 3, severity: .warning, message: "unknown key `stepz`",
                    hint: "did you mean `steps`?")
            ])
    }

    var doneBuildView: BuildView {
        var view = buildView
        view.build = build(1, .succeeded)
        view.commit = commit(1)
        view.image = image(1)
        view.findings = []
        view.steps = steps(.build(50), running: 4)
        return view
    }

    var plan: DeployPlan {
        DeployPlan(
            target: Self.target, kind: .deploy, commit: commit(1), image: image(1), live: commit(3),
            commits: [commit(1), commit(2)], notIncluded: [commit(0)], compareLink: nil,
            steps: ["./deploy/deploy.sh"],
            replacements: (1...3).map {
                .init(
                    stack: "orders", service: "orders", container: "production-orders-orders-7-\($0)", revision: shas[3]
                )
            },
            changes: [
                "orders/orders": ServiceSpec(name: "orders", image: "acme/orders:\(shas[1])", scale: 3).changes(
                    since: ServiceSpec(name: "orders", image: "acme/orders:\(shas[3])", scale: 3))
            ], obstacle: nil)
    }

    func rollout(_ state: Rollout.State, serving: Int) -> Rollout {
        Rollout(
            id: 7, environmentID: 1, stack: "orders", service: "orders", deployID: 13, revision: shas[1],
            spec: ServiceSpec(name: "orders", image: "acme/orders:\(shas[1])", scale: 3),
            previous: ServiceSpec(name: "orders", image: "acme/orders:\(shas[3])", scale: 3),
            options: RolloutOptions(), state: state, queuedAt: Self.date(32), startedAt: Self.date(31),
            deadline: Self.date(-569), endedAt: state.isFinal ? Self.date(2) : nil, serving: serving,
            log: [
                .init(at: Self.date(30), text: "batch 1 of 3: replacing orders-1"),
                .init(at: Self.date(27), text: "batch 1 of 3: orders-1 healthy after 2.1 s, old one drained"),
                .init(at: Self.date(20), text: "batch 2 of 3: replacing orders-2"),
            ])
    }

    var deployView: DeployView {
        DeployView(
            target: Self.target, deploy: deploy(13, .deploy, 1, from: 3, .running, ago: 40), commit: commit(1),
            image: image(1), commits: [commit(1), commit(2)],
            steps: [
                Step(
                    id: 1, owner: .deploy(13), index: 0, name: "./deploy/deploy.sh", command: "./deploy/deploy.sh",
                    state: .running, startedAt: Self.date(39))
            ], rollouts: [rollout(.rolling, serving: 1)], position: 0, previous: liveDeploy)
    }

    var failedDeployView: DeployView {
        var view = deployView
        view.deploy = deploy(
            13, .deploy, 1, from: 3, .rolledBack, ago: 140,
            reason: "orders-2 was not healthy within 60 s; the prior revision serves again",
            verification: .differs(["production-orders-orders-7-2 runs sha256:77aa…, tested was sha256:4be1…"]))
        view.rollouts = [rollout(.rolledBack, serving: 0)]
        view.steps[0].state = .failed
        view.steps[0].exitStatus = 3
        view.steps[0].endedAt = Self.date(70)
        return view
    }

    var stacks: [StackView] {
        var containers = (1...3).map { slot in
            ContainerView(
                id: "c\(slot)", name: "production-orders-orders-7-\(slot)", slot: slot, revision: shas[3],
                image: "127.0.0.1:5000/acme/orders@\(digest)", imageDigest: digest,
                state: slot == 3 ? .exited : .running,
                health: slot == 3 ? "unhealthy: connection refused" : "healthy", address: "172.18.0.\(slot)",
                startedAt: Self.date(54_000), restarts: slot == 3 ? 2 : 0, parked: false, serving: slot < 3,
                matches: true)
        }
        var sidekick = containers[0]
        (sidekick.id, sidekick.name, sidekick.sidekick) = ("s1", "production-orders-orders-logs-7-1", "logs")
        (sidekick.image, sidekick.imageDigest, sidekick.matches) = ("acme/logs:4", nil, nil)
        (sidekick.health, sidekick.address) = ("running", "172.18.0.9")
        containers.append(sidekick)
        return [
            StackView(
                name: "orders",
                services: [
                    ServiceView(
                        name: "orders", spec: ServiceSpec(name: "orders", image: "acme/orders:\(shas[3])", scale: 3),
                        state: .degraded, containers: containers, rollout: rollout(.done, serving: 3))
                ])
        ]
    }

    /// Every page by the name of its file.
    var pages: [(name: String, html: HTML)] {
        let context = Self.context
        var outside = context
        outside.principal = nil
        let summary = AppSummary(
            app: Self.app, targets: [self.summary], head: row(0, .running, .unavailable(reason: "")))
        var broken = Self.app
        broken.id = 2
        broken.name = "billing"
        broken.source = .remote(url: "https://git.example.com/acme/billing.git")
        broken.problem = "git fetch: could not resolve host git.example.com"
        var billing = Self.target
        billing.app = broken
        let second = AppSummary(
            app: broken, targets: [TargetSummary(target: billing, live: nil, liveTitle: nil, active: nil)], head: nil)
        let failure = Failure(
            .notFound, "There is no app named ordres", hint: "Apps: billing, orders. Did you mean orders?")
        var stopped = plan
        stopped.kind = .rollback
        stopped.obstacle = "deploy #13 is running"
        return [
            ("sign-in", SignInPage().render(outside)),
            (
                "sign-in-providers",
                SignInPage(
                    next: "/apps/orders",
                    providers: [.init(name: "github", title: "GitHub"), .init(name: "acme", title: "Acme <SSO>")]
                ).render(outside)
            ),
            (
                "sign-in-refused",
                SignInPage(
                    failure: Failure(
                        .forbidden, "octo of GitHub may not come in", hint: "An admin of this Slipway decides who may."),
                    allowsPasswords: false, providers: [.init(name: "github", title: "GitHub")]
                ).render(outside)
            ),
            (
                "sign-in-wrong",
                SignInPage(account: "admin", failure: Failure(.unauthorized, "Account or password is wrong"))
                    .render(outside)
            ),
            ("apps", AppsPage(apps: [second, summary]).render(context)),
            ("apps-empty", AppsPage(apps: []).render(context)),
            ("app-new", NewAppPage().render(context)),
            ("app", AppPage(app: Self.app, targets: [self.summary], commits: rows, cursor: nil).render(context)),
            ("app-empty", AppPage(app: broken, targets: [], commits: [], cursor: nil).render(context)),
            ("target", TargetPage(view: targetView).render(context)),
            ("deploys", DeploysPage(target: Self.target, rows: deployRows, cursor: 10).render(context)),
            ("build", BuildPage(view: buildView, logs: [1: box("/builds/50/steps/1/log")]).render(context)),
            ("build-done", BuildPage(view: doneBuildView).render(context)),
            ("plan", PlanPage(plan: plan, idempotencyKey: "key").render(context)),
            ("plan-obstacle", PlanPage(plan: stopped, idempotencyKey: "key").render(context)),
            ("deploy", DeployPage(view: deployView, logs: [0: box("/deploys/13/steps/0/log")]).render(context)),
            ("deploy-rolled-back", DeployPage(view: failedDeployView).render(context)),
            (
                "log",
                LogPage(
                    title: "python3 -m pytest", parent: ("Build #50", "/builds/50"), log: box("/builds/50/steps/1/log")
                )
                .render(context)
            ),
            ("environments", EnvironmentsPage(environments: [Self.production]).render(context)),
            (
                "environment",
                EnvironmentPage(
                    environment: Self.production, stacks: stacks,
                    nameServer: NameServerView(
                        name: "slipway_production_names_1", state: .running, address: "172.18.255.254",
                        startedAt: Self.now.addingTimeInterval(-7200))
                ).render(context)
            ),
            (
                "environment-without-names",
                EnvironmentPage(
                    environment: Self.production, stacks: stacks,
                    nameServer: NameServerView(name: "slipway_production_names_1", state: .exited)
                ).render(context)
            ),
            ("environment-empty", EnvironmentPage(environment: Self.production, stacks: []).render(context)),
            ("stack", stackPage.render(context)), ("service", servicePage.render(context)),
            ("service-seen", servicePage.render(onlyReading)), ("service-balancer", balancerPage.render(context)),
            ("hosts", hostsPage.render(context)),
            ("secrets-app", secrets(.app("orders")).render(context)),
            ("secrets-environment", secrets(.environment("production")).render(context)),
            ("secrets-wrong", wrongSecret.render(context)),
            ("failure", FailurePage(failure: failure).render(context)),
            ("account", accountPage.render(context)),
            ("people", peoplePage.render(context)),
            ("audit", auditPage.render(context)),
        ]
    }

    private func secrets(_ scope: SecretsPage.Scope) -> SecretsPage {
        let secrets = [
            Secret(
                place: SecretPlace(name: "DB_PASSWORD", app: "orders", environment: "production"), kind: .variable,
                version: "1", updatedAt: Self.date(600), updatedBy: "ada"),
            Secret(
                place: SecretPlace(name: "PAY_TOKEN", app: "orders", context: "payments"), kind: .variable,
                version: "1",
                updatedAt: Self.date(90_000), updatedBy: "admin"),
            Secret(
                place: SecretPlace(name: "TLS_KEY", environment: "production"), kind: .file, version: "1",
                updatedAt: Self.date(900_000), updatedBy: "admin"),
        ]
        return SecretsPage(
            scope: scope, secrets: secrets, apps: ["billing", "orders"], environments: ["production", "staging"],
            resources: SecretResources(
                apps: ["billing": 2, "orders": 1], environments: ["production": 1, "staging": 2]))
    }

    private var wrongSecret: SecretsPage {
        var page = secrets(.all)
        page.secrets = []
        page.missingKeys = ["0123456789abcdef"]
        page.typed = SecretPlace(name: "db password", app: "orders", context: "payments")
        page.failure = Failure(
            .invalid, "db password can't be a secret's name", hint: "Letters, digits and `_`, no digit first.")
        return page
    }
}
