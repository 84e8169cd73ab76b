import Foundation
import Model
import Pipeline
import Testing

@testable import Delivery

struct RulesTests {
    private func sha(_ number: Int) -> SHA {
        let digits = String(number, radix: 16)
        guard let sha = SHA(String(repeating: "0", count: 40 - digits.count) + digits) else {
            preconditionFailure("\(number)")
        }
        return sha
    }

    private func commit(_ number: Int, detached: Bool = false) -> Commit {
        Commit(
            id: Int64(number), appID: 1, sha: sha(number), authorName: "Ada", authorEmail: "a@example.com",
            committedAt: Date(), title: "Commit \(number)", body: "", additions: 1, deletions: 0,
            position: Int64(number), seenAt: Date(), detachedAt: detached ? Date() : nil)
    }

    private func deploy(_ id: Int64, _ number: Int, _ state: Deploy.State, kind: Deploy.Kind = .deploy) -> Deploy {
        Deploy(
            id: id, targetID: 1, kind: kind, sha: sha(number), previousSHA: nil, state: state, requestedBy: "ada",
            queuedAt: Date())
    }

    // MARK: Commits

    @Test func `A push of sixty commits brings all sixty, newest first`() {
        let branch = (1...61).reversed().map(sha)
        let changes = commitChanges(known: [KnownCommit(sha: sha(1), isDetached: false)], branch: branch, limit: 2000)
        #expect(changes.fresh == (2...61).reversed().map(sha))
        #expect(changes.detached.isEmpty)
        #expect(commitsToBuild(changes, isFirstLook: false).count == 60)
    }

    @Test func `A force push hides exactly what is no longer reachable`() {
        let known = (1...4).map { KnownCommit(sha: sha($0), isDetached: false) }
        let changes = commitChanges(known: known, branch: [sha(9), sha(2), sha(1)], limit: 2000)
        #expect(changes == CommitChanges(fresh: [sha(9)], detached: [sha(3), sha(4)]))
    }

    @Test func `What comes back is shown again, not built again`() {
        let known = [KnownCommit(sha: sha(1), isDetached: false), KnownCommit(sha: sha(2), isDetached: true)]
        let changes = commitChanges(known: known, branch: [sha(2), sha(1)], limit: 2000)
        #expect(changes == CommitChanges(reattached: [sha(2)]))
    }

    @Test func `Of a branch seen for the first time only the head is built`() {
        let changes = commitChanges(known: [], branch: [sha(3), sha(2), sha(1)], limit: 2)
        #expect(changes.fresh == [sha(3), sha(2)])
        #expect(commitsToBuild(changes, isFirstLook: true) == [sha(3)])
    }

    // MARK: Buttons

    @Test(arguments: [
        (Build.State.queued, "Waiting for a build"), (.running, "Being tested"), (.failed, "The build failed"),
        (.cancelled, "The build was cancelled"), (.timedOut, "The build timed out"),
    ]) func `A button that can't be pressed says why`(state: Build.State, reason: String) {
        let build = Build(id: 1, appID: 1, sha: sha(1), attempt: 1, state: state, queuedAt: Date())
        #expect(deployButton(commit(1), build: build, image: nil, live: nil) == .unavailable(reason: reason))
    }

    @Test func `A click is a deploy, a redeploy or a rollback by the commit's place`() {
        let build = Build(id: 1, appID: 1, sha: sha(5), attempt: 1, state: .succeeded, queuedAt: Date())
        for (live, kind) in [(nil, Deploy.Kind.deploy), (4, .deploy), (5, .redeploy), (6, .rollback)]
            as [(Int64?, Deploy.Kind)]
        {
            #expect(deployButton(commit(5), build: build, image: nil, live: live) == .available(kind))
        }
        #expect(deployObstacle(commit(5, detached: true), build: build, image: nil) == "No longer on the branch")
    }

    // MARK: Queue

    @Test func `One deploy a target, in the order of the requests`() {
        let running = [(deploy(1, 1, .running), Int64(1)), (deploy(2, 2, .queued), 2)]
        #expect(nextDeploy(open: running, deployedSince: { _ in nil }) == .nothing)
        #expect(nextDeploy(open: Array(running.dropFirst()), deployedSince: { _ in nil }) == .start(2))
        #expect(nextDeploy(open: [], deployedSince: { _ in nil }) == .nothing)
    }

    @Test func `A queued commit older than one since deployed is superseded, a rollback is not`() {
        let late = [(deploy(2, 2, .queued), Int64(2))]
        #expect(nextDeploy(open: late, deployedSince: { _ in 3 }) == .supersede(2))
        let back = [(deploy(2, 2, .queued, kind: .rollback), Int64(2))]
        #expect(nextDeploy(open: back, deployedSince: { _ in 3 }) == .start(2))
    }

    @Test func `The rollback that follows an abort waits for nothing but the aborted deploy`() {
        var back = deploy(3, 1, .queued, kind: .rollback)
        back.rollbackOf = 1
        let waiting = [(deploy(2, 2, .queued), Int64(2)), (back, 1)]
        #expect(nextDeploy(open: waiting, deployedSince: { _ in nil }) == .start(3))
        let aborting = [(deploy(1, 3, .aborting), Int64(3))] + waiting
        #expect(nextDeploy(open: aborting, deployedSince: { _ in nil }) == .nothing)
    }

    // MARK: Verdict

    private func rollout(_ state: Rollout.State, _ reason: String? = nil) -> Rollout {
        Rollout(
            id: 1, environmentID: 1, stack: "shop", service: "orders", spec: ServiceSpec(name: "orders", image: "x"),
            options: RolloutOptions(), state: state, reason: reason, queuedAt: Date())
    }

    @Test func `A script that passes although its rollout failed has not deployed`() {
        let end = deployVerdict(
            steps: .succeeded, rollouts: [rollout(.rolledBack, "never healthy")], isAborted: false,
            verification: .nothingVerified)
        #expect(end == DeployVerdict(state: .rolledBack, reason: "orders: never healthy"))
    }

    @Test func `Abort wins over the script's exit status`() {
        let end = deployVerdict(
            steps: .succeeded, rollouts: [rollout(.done)], isAborted: true, verification: .verified(containers: 3))
        #expect(end.state == .aborted)
    }

    @Test func `What runs and is not what was tested fails the deploy and is named`() {
        let end = deployVerdict(
            steps: .succeeded, rollouts: [rollout(.done)], isAborted: false,
            verification: .differs(["orders-2 runs another image"]))
        #expect(
            end
                == DeployVerdict(
                    state: .failed, reason: "What runs is not what was tested: orders-2 runs another image"))
    }

    @Test func `Scripts that cause no rollout pass with nothing verified`() {
        let end = deployVerdict(steps: .succeeded, rollouts: [], isAborted: false, verification: .nothingVerified)
        #expect(end == DeployVerdict(state: .succeeded))
    }

    // MARK: Environment of scripts

    private func environment(_ source: App.Source, _ deploy: Deploy) -> [String: String] {
        let app = App(id: 1, name: "orders", source: source, branch: "main", createdAt: Date())
        return scriptEnvironment(
            ScriptContext(
                target: Target(id: 1, app: app, environment: Environment(id: 1, name: "production", socket: "/s")),
                deploy: deploy, commit: commit(2), serverURL: "http://127.0.0.1:8080",
                scriptURL: "http://127.0.0.1:9090", binFolder: "/data/bin",
                token: "slp_x", fileEnvironment: ["REVISION": "mine", "COLOUR": "blue"],
                inherited: ["PATH": "/usr/bin", "HOME": "/root", "SECRET": "s"]))
    }

    @Test func `A script gets what Shipit gave it, and the file can't take REVISION away`() {
        var deploy = deploy(7, 2, .running)
        deploy.previousSHA = sha(1)
        let variables = environment(.remote(url: "https://github.com/Acme/Orders.git"), deploy)
        let expected = [
            "REVISION": sha(2).description, "SHA": sha(2).description, "ENVIRONMENT": "production", "BRANCH": "main",
            "LAST_DEPLOYED_SHA": sha(1).description, "TASK_ID": "7", "SHIPIT": "1",
            "GITHUB_REPO_OWNER": "acme", "GITHUB_REPO_NAME": "orders",
            "DIFF_LINK": "https://github.com/Acme/Orders/compare/\(sha(1))...\(sha(2))",
            "DEPLOY_URL": "http://127.0.0.1:8080/targets/orders/production", "SLIPWAY_URL": "http://127.0.0.1:9090",
            "EMAIL": "a@example.com",
            "SHIPIT_LINK": "http://127.0.0.1:8080/deploys/7", "SHIPIT_USER": "ada via Slipway", "COLOUR": "blue",
            "PATH": "/data/bin:/usr/bin", "IGNORED_SAFETIES": "0",
        ]
        for (key, value) in expected { #expect(variables[key] == value, "\(key)") }
        #expect(variables["ROLLBACK"] == nil)
        #expect(variables["SECRET"] == nil)
    }

    @Test func `A rollback says so, and compares from the older to the newer`() {
        var deploy = deploy(7, 1, .running, kind: .rollback)
        deploy.previousSHA = sha(2)
        let variables = environment(.remote(url: "git@github.com:acme/orders.git"), deploy)
        #expect(variables["ROLLBACK"] == "1")
        #expect(variables["DIFF_LINK"] == "https://github.com/acme/orders/compare/\(sha(1))...\(sha(2))")
    }

    @Test func `A command tells which script it runs`() {
        #expect(scriptPath(inCommand: "./deploy/deploy.sh") == "./deploy/deploy.sh")
        #expect(scriptPath(inCommand: "A=b/c bash -e deploy/deploy.sh now") == "deploy/deploy.sh")
        #expect(scriptPath(inCommand: "make deploy") == nil)
    }

    @Test func `Without a forge there is no link and no owner`() {
        let variables = environment(.hosted, deploy(1, 1, .running))
        #expect(variables["DIFF_LINK"] == "")
        #expect(variables["GITHUB_REPO_OWNER"] == "")
    }
}
