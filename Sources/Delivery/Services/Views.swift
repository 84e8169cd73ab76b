import Foundation
public import Model
import Pipeline
import Stacks

/// What the pages show, put together from what is recorded and observed.
extension Delivery {
    func summary(of target: Target) async throws -> TargetSummary {
        let live = try await journal.liveDeploy(of: target)
        var title: String?
        if let live { title = try await journal.commit(live.sha, of: target.app)?.title }
        return TargetSummary(
            target: target, live: live, liveTitle: title, active: try await journal.openDeploys(of: target).first)
    }

    /// The commits with builds and images; with a target also with what it ran of them.
    func rows(_ commits: [Commit], of app: App, target: Target?) async throws -> [CommitRow] {
        let shas = commits.map(\.sha)
        let builds = try await journal.builds(of: app, shas: shas)
        let images = try await journal.images(of: app, shas: shas)
        var deploys: [Deploy] = []
        var live: Commit?
        if let target {
            deploys = try await journal.deploys(of: target, limit: 500)
            if let deploy = try await journal.liveDeploy(of: target) {
                live = try await journal.commit(deploy.sha, of: app)
            }
        }
        return commits.map { commit in
            let build = builds.first { $0.sha == commit.sha }
            let image = images[commit.sha]
            return CommitRow(
                commit: commit, build: build, image: image, deploy: deploys.first { $0.sha == commit.sha },
                isLive: commit.sha == live?.sha,
                button: deployButton(commit, build: build, image: image, live: live?.position))
        }
    }

    /// The app's commits, newest first, and where the next page begins.
    public func commits(of app: App, before: Int64?, limit: Int) async throws -> (rows: [CommitRow], cursor: Int64?) {
        let commits = try await journal.commits(of: app, before: before, limit: limit + 1)
        let page = Array(commits.prefix(limit))
        return (try await rows(page, of: app, target: nil), commits.count > limit ? page.last?.position : nil)
    }

    public func targetView(_ target: Target, before: Int64?, limit: Int) async throws -> TargetView {
        let commits = try await journal.commits(of: target.app, before: before, limit: limit + 1)
        let page = Array(commits.prefix(limit))
        let summary = try await summary(of: target)
        var livePosition: Int64?
        if let live = summary.live { livePosition = try await journal.commit(live.sha, of: target.app)?.position }
        let undeployed = try await journal.commits(of: target.app, after: livePosition, limit: 1000).count
        return TargetView(
            summary: summary, commits: try await rows(page, of: target.app, target: target),
            cursor: commits.count > limit ? page.last?.position : nil,
            deploys: try await deploys(of: target, before: nil, limit: 10), undeployed: undeployed)
    }

    /// Deploys of the target, newest first, each with a way back to it.
    public func deploys(of target: Target, before: Int64?, limit: Int) async throws -> [DeployRow] {
        let live = try await journal.liveDeploy(of: target)
        let livePosition: Int64? =
            if let live { try await journal.commit(live.sha, of: target.app)?.position } else { nil }
        var rows: [DeployRow] = []
        for deploy in try await journal.deploys(of: target, before: before, limit: limit) {
            let commit = try await journal.commit(deploy.sha, of: target.app)
            let button: DeployButton
            if let commit, deploy.state == .succeeded {
                let image = try await journal.images(of: target.app, shas: [deploy.sha])[deploy.sha]
                let build = try await journal.builds(of: target.app, shas: [deploy.sha]).first
                button = deployButton(commit, build: build, image: image, live: livePosition)
            } else {
                button = .unavailable(reason: "It did not succeed")
            }
            rows.append(
                DeployRow(
                    deploy: deploy, title: commit?.title ?? deploy.sha.short, authorName: commit?.authorName ?? "",
                    rollback: button))
        }
        return rows
    }

    public func buildView(_ id: Int64) async throws -> BuildView {
        let build = try await journal.build(id)
        let app = try await journal.app(build.appID)
        guard let commit = try await journal.commit(build.sha, of: app) else {
            throw Failure(.notFound, "Build \(id) is of a commit that is gone")
        }
        let findings = (try? await buildService.configuration(of: app, at: build.sha).findings) ?? []
        let steps = try await steps(.build(id))
        return BuildView(
            app: app, commit: commit, build: build, steps: steps,
            image: try await journal.images(of: app, shas: [build.sha]).values.first { $0.buildID == id },
            others: try await journal.builds(of: app, shas: [build.sha]).filter { $0.id != id }, findings: findings,
            notice: build.state.isFinal
                ? nil : notice(steps) ?? BuildJob.waiting(build: id, checkouts: settings.checkouts))
    }

    /// What keeps steps from going on for now.
    private func notice(_ steps: [Step]) -> String? {
        if let notice = Disk.notice(of: settings.dataDirectory) { return notice }
        return steps.first { $0.state == .running }?.reason.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }

    /// What a deploy of the commit (a SHA or its beginning) would do; nothing changes.
    public func plan(_ target: Target, revision: String) async throws -> DeployPlan {
        let app = target.app
        let commit = try await journal.commit(named: revision, of: app)
        let live: Commit? =
            if let deploy = try await journal.liveDeploy(of: target) {
                try await journal.commit(deploy.sha, of: app)
            } else { nil }
        let kind = deployKind(position: commit.position, live: live?.position)
        let image = try await journal.images(of: app, shas: [commit.sha])[commit.sha]
        let build = try await journal.builds(of: app, shas: [commit.sha]).first
        let configuration = try await buildService.configuration(of: app, at: commit.sha)
        let commands = DeployRun.commands(of: configuration, kind: kind).map(\.command)
        var obstacle = deployObstacle(commit, build: build, image: image)
        if obstacle == nil, let error = configuration.findings.first(where: { $0.severity == .error }) {
            obstacle = error.description
        }
        if obstacle == nil, commands.isEmpty {
            obstacle = "The commit has no deploy/deploy.sh, no compose file and no deploy.override in slipway.yml"
        }
        let services = try await services(of: target)
        return DeployPlan(
            target: target, kind: kind, commit: commit, image: image, live: live,
            commits: try await commitsBetween(commit, live, of: app),
            notIncluded: try await journal.commits(of: app, after: commit.position, limit: 100),
            compareLink: compareLink(app, commit, live), steps: commands,
            replacements: services.flatMap { stack, service in
                service.replacements.map {
                    .init(stack: stack, service: service.name, container: $0.name, revision: $0.revision)
                }
            }, changes: changes(of: services, to: image), obstacle: obstacle)
    }

    public func deployView(_ id: Int64) async throws -> DeployView {
        let deploy = try await journal.deploy(id)
        let target = try await target(deploy.targetID)
        guard let commit = try await journal.commit(deploy.sha, of: target.app) else {
            throw Failure(.notFound, "Deploy \(id) is of a commit that is gone")
        }
        let before: Commit? =
            if let sha = deploy.previousSHA { try await journal.commit(sha, of: target.app) } else { nil }
        let open = try await journal.openDeploys(of: target)
        return DeployView(
            target: target, deploy: deploy, commit: commit,
            image: try await journal.images(of: target.app, shas: [deploy.sha])[deploy.sha],
            commits: try await commitsBetween(commit, before, of: target.app), steps: try await steps(.deploy(id)),
            rollouts: try await stacks.rollouts(ofDeploy: id),
            position: deploy.state == .queued ? open.firstIndex { $0.id == id } ?? 0 : 0,
            previous: try await journal.liveDeploy(of: target, before: id),
            rollback: try await journal.rollback(of: deploy),
            notice: deploy.state.isFinal ? nil : notice(try await steps(.deploy(id))))
    }

    /// Commits that come in above what runs, or leave when it goes back; newest first.
    private func commitsBetween(_ commit: Commit, _ live: Commit?, of app: App) async throws -> [Commit] {
        guard let live else { return [commit] }
        let (low, high) = (min(commit.position, live.position), max(commit.position, live.position))
        guard low < high else { return [] }
        return try await journal.commits(of: app, before: high + 1, after: low, limit: 500)
    }

    private func compareLink(_ app: App, _ commit: Commit, _ live: Commit?) -> String? {
        guard let repository = forgeRepository(of: app), let live, live.sha != commit.sha else { return nil }
        let (older, newer) = commit.position < live.position ? (commit, live) : (live, commit)
        return "https://\(repository.host)/\(repository.owner)/\(repository.name)/compare/\(older.sha)...\(newer.sha)"
    }

    /// Services that run an image of the app, with their stacks. An engine that doesn't answer must not hide the plan.
    private func services(of target: Target) async throws -> [(stack: String, service: ServiceView)] {
        let names = try await journal.imageNames(of: target.app)
        guard let stacks = try? await stacks.stacks(in: target.environment) else { return [] }
        return stacks.flatMap { stack in
            stack.services.filter { service in
                ImageReference(service.spec.image).map { names.contains($0.repository) } ?? false
            }.map { (stack.name, $0) }
        }
    }

    /// What differs in the services when the image takes the place of theirs.
    private func changes(of services: [(stack: String, service: ServiceView)], to image: Image?) -> [String:
        [SpecChange]]
    {
        guard let image else { return [:] }
        var changes: [String: [SpecChange]] = [:]
        for (stack, service) in services where ImageReference(service.spec.image)?.repository == image.name {
            var spec = service.spec
            spec.image = "\(image.name):\(image.sha)"
            spec.pinnedImage = image.pinned
            changes["\(stack)/\(service.name)"] = spec.changes(since: service.spec)
        }
        return changes
    }
}
