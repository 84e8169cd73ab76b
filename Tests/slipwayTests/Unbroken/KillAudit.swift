import Client
import Delivery
import Foundation
import HTTPTransport
import Model
import Testing

@testable import Stacks
@testable import slipway

/// What must be true after each journey, whatever was killed in it.
struct KillAudit {
    let slipway: Installation
    let port: Int
    /// File that the deploy script writes to.
    let ledger: String

    // MARK: Build and deploy

    /// The build succeeded, each of its steps ran once, and no line of a log is missing or there twice.
    func check(_ view: BuildView, _ name: String) async throws {
        #expect(view.build.state == .succeeded, "\(name): \(view.build.reason ?? "")")
        #expect(view.build.attempt == 1 && view.others.isEmpty, "\(name): the commit was built once")
        for step in view.steps {
            let log = try await lines("builds/\(view.build.id)", step)
            let what = "\(name): \(step.name)"
            #expect(step.state == .succeeded, "\(what): \(step.reason ?? "")")
            switch step.name {
            case "one", "two": expect(log, numbered: step.name, KillSample.tests[step.name] ?? 0, what)
            case "Build the image":
                expect(log, numbered: "image", KillSample.imageLines, what)
                #expect(log.count { $0.hasPrefix("Successfully built") } == 1, "\(what): \(log)")
            case "Push the image":
                #expect(log.count { $0.contains("digest: sha256:") } == 1, "\(what): \(log)")
            default: #expect(Set(log).count == log.count, "\(what) says something twice: \(log)")
            }
        }
    }

    /// The deploy succeeded and is verified, its script ran once, and its log is whole.
    func check(_ view: DeployView, _ kind: Deploy.Kind, _ sha: SHA, _ name: String) async throws {
        let what = "\(name): \(kind) \(view.deploy.id)"
        #expect(view.deploy.state == .succeeded, "\(what): \(view.deploy.reason ?? "")")
        #expect(view.deploy.kind == kind && view.deploy.sha == sha, "\(what)")
        #expect(view.deploy.verification == .verified(containers: 3), "\(what)")
        #expect(view.rollouts.map(\.state) == [.done], "\(what): \(view.rollouts.map(\.log))")
        for step in view.steps {
            #expect(step.state == .succeeded, "\(what): \(step.name): \(step.reason ?? "")")
            let log = try await lines("deploys/\(view.deploy.id)", step)
            if step.index == 0 {
                #expect(log.count == 1, "\(what): \(log)")
            } else {
                expect(log, numbered: "script", KillSample.scriptLines, what)
                #expect(log.count { $0 == "after the rollout" } == 1, "\(what): \(log)")
            }
        }
        let runs = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n").filter {
            $0.split(separator: " ").dropFirst().first == "\(view.deploy.id)"
        }
        #expect(runs == ["begin \(view.deploy.id) \(sha)", "end \(view.deploy.id) \(sha)"], "\(what)")
    }

    private func lines(_ owner: String, _ step: Step) async throws -> [String] {
        let log = try await slipway.client().bytes("/\(owner)/steps/\(step.index)/log")
        return String(decoding: log, as: UTF8.self).replacing("\r\n", with: "\n")
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    private func expect(_ log: [String], numbered name: String, _ count: Int, _ what: String) {
        let numbers = log.filter { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
        #expect(numbers == (1...count).map(String.init), "\(what): a line is missing, or there twice: \(log)")
    }

    // MARK: The machine

    /// Three containers of the commit serve, by digest, and nothing is left over.
    func checkRunning(_ sha: SHA, _ image: Image, _ name: String) async throws {
        var problem = "nothing was looked at"
        for _ in 0..<100 {
            problem = try await leftOver(sha, image) ?? ""
            if problem.isEmpty { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(problem == "", "\(name)")
        for _ in 0..<6 {
            let http = HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port))
            let reply = try await http.send(HTTPRequest(method: "GET", path: "/"), timeout: .seconds(10))
            let text = String(decoding: reply.body, as: UTF8.self)
            #expect(text.contains("\"revision\": \"\(sha)\""), "\(name): \(text)")
        }
    }

    /// What is there and should not be, or the other way round; nil when all is well.
    private func leftOver(_ sha: SHA, _ image: Image) async throws -> String? {
        let view: TargetView = try await slipway.client().get("/targets/web/production")
        if let active = view.summary.active { return "deploy \(active.id) is \(active.state)" }
        if let open = view.commits.compactMap(\.build).first(where: { !$0.state.isFinal }) {
            return "build \(open.id) is \(open.state)"
        }
        for folder in ["checkouts", "run/steps"] {
            let names = slipway.names(in: folder)
            if !names.isEmpty { return "\(folder) holds \(names)" }
        }
        let stacks: [StackView] = try await slipway.client().get("/environments/production/stacks")
        let known = stacks.flatMap(\.services).flatMap(\.containers)
        let running = known.filter { !$0.parked }
        if running.count != 3 || Set(running.map(\.slot)) != [1, 2, 3] { return "containers \(running.map(\.name))" }
        for container in running {
            guard container.serving, container.revision == sha, container.image == image.pinned else {
                return "\(container.name) serves: \(container.serving), runs \(container.image)"
            }
        }
        let instance = try slipway.data.instance()
        let there = try await slipway.shell(
            "docker ps -a --no-trunc --filter label=dev.slipway.instance=\(instance) --format '{{.ID}} {{.State}}'")
        let wanted = known.map { "\($0.id) \($0.parked ? "exited" : "running")" }.sorted()
        let found = there.split(separator: "\n").map(String.init).sorted()
        if found != wanted { return "the engine has \(found), not \(wanted)" }
        let networks = try await slipway.shell(
            "docker network ls --filter label=dev.slipway.instance=\(instance) --format '{{.Name}}'")
        // That of the stack; nobody else is there to call it.
        if networks.split(separator: "\n").count != 1 { return "networks \(networks)" }
        if let edge = try await edgeProblem(running) { return edge }
        let supervisors = try await slipway.shell("pgrep -f 'supervis[e] \(slipway.data.path)' || true")
        return supervisors.isEmpty ? nil : "supervisors \(supervisors)"
    }

    /// In each backend the edge's servers are the running containers, by address, and all are up.
    private func edgeProblem(_ running: [ContainerView]) async throws -> String? {
        let edge = EdgeProcess(directory: slipway.data.edge, program: "haproxy", keeper: nil)
        guard let workers = try? await EdgeMaster(socket: edge.socket).workers(), let state = EdgeState(workers),
            !state.servers.isEmpty
        else { return "the edge doesn't answer" }
        let wanted = running.map { "\($0.address ?? "?"):8080 up: true" }.sorted()
        for (backend, servers) in Dictionary(grouping: state.servers, by: { $0.key.prefix { $0 != "/" } }) {
            let found = servers.map { "\($0.value.endpoint) up: \($0.value.isUp)" }.sorted()
            if found != wanted { return "the edge has \(found) in \(backend), not \(wanted)" }
        }
        return nil
    }
}
