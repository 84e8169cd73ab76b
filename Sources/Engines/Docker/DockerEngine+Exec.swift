import DockerAPI
import Foundation
import Model

extension DockerEngine {
    public func exec(_ plan: ExecPlan, in container: String) async throws -> any ExecProcess {
        let id: String
        do {
            id = try await docker.createExec(
                CreateExec(
                    command: plan.command, tty: plan.tty, environment: plan.environment, user: plan.user,
                    workingDirectory: plan.workingDirectory), in: container)
        } catch let failure as Failure where failure.code == .conflict {
            throw Failure(
                .conflict, "The container \(container.prefix(12)) doesn't run", hint: "Commands run in one that does.",
                cause: failure.cause)
        }
        let connection = try await docker.startExec(id, tty: plan.tty)
        let process = DockerExecProcess(docker: docker, id: id, container: container, connection: connection)
        if plan.tty { await process.resizeAtFirst(plan) }
        return process
    }
}

/// A command that a Docker Engine runs.
private struct DockerExecProcess: ExecProcess {
    let docker: DockerClient
    let id: String
    let container: String
    let connection: ExecConnection

    var output: AsyncThrowingStream<[UInt8], any Error> { connection.output }

    func write(_ bytes: [UInt8]) async throws { try await connection.write(bytes) }

    func finishInput() { connection.finishInput() }

    func resize(rows: Int, columns: Int) async throws {
        try await docker.resizeExec(id, rows: rows, columns: columns)
    }

    /// The engine answers before the command has its terminal; a size is no reason to fail.
    func resizeAtFirst(_ plan: ExecPlan) async {
        for _ in 0..<20 {
            if (try? await resize(rows: plan.rows, columns: plan.columns)) != nil { return }
            try? await Task.sleep(for: .milliseconds(25))
        }
    }

    func exitStatus() async throws -> Int? {
        let state = try await docker.exec(id)
        return state.isRunning ? nil : state.exitCode ?? 0
    }

    /// An engine has no call for this, and lets a command go on whose connection is closed: another one ends it, by the
    /// number that it has in the container.
    func end() async {
        guard let state = try? await docker.exec(id), state.isRunning, let number = numberInside(state.pid) else {
            return
        }
        let script = "kill -HUP \(number) 2>/dev/null; sleep 1; kill -KILL \(number) 2>/dev/null; true"
        let plan = CreateExec(command: ["/bin/sh", "-c", script], tty: false, user: "0")
        guard let killer = try? await docker.createExec(plan, in: container),
            let connection = try? await docker.startExec(killer, tty: false)
        else { return }
        do { for try await _ in connection.output {} } catch {}
    }

    /// The number of a process in its own container, where the engine is of this machine and the process is still that
    /// container's.
    private func numberInside(_ pid: Int) -> Int? {
        guard pid > 0, let group = try? String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8),
            group.contains(container),
            let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
    }
}
