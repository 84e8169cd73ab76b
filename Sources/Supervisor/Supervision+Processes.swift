import Foundation
import Glibc

extension Supervision {
    /// Starts the command on the terminal, which becomes its controlling one. Returns its pid.
    static func launch(_ command: SupervisedCommand, on terminal: PseudoTerminal) throws(CannotStart) -> pid_t {
        guard let name = command.arguments.first else { throw CannotStart(sentence: "there is no command to run") }
        guard chdir(command.workingDirectory) == 0 else {
            throw CannotStart(sentence: "can't enter \(command.workingDirectory): \(Errno())")
        }
        let path = command.environment["PATH"]
        guard let program = Spawn.find(name, path: path, in: command.workingDirectory) else {
            throw CannotStart(sentence: "there is no program \(name) in PATH (\(path ?? "not set"))")
        }
        do {
            return try Spawn.launch(
                program, command.arguments, environment: command.environment,
                descriptors: [.path(terminal.path, flags: O_RDWR), .descriptor(0), .descriptor(0)])
        } catch {
            throw CannotStart(sentence: "can't run \(program): \(error)")
        }
    }

    /// A descriptor that becomes readable when `pid` has ended. The zombie stays until `waitpid`.
    static func watchEnd(of pid: pid_t) throws(Errno) -> CInt {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Errno() }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let writing = ends[1]
        Thread.detachNewThread {
            var information = siginfo_t()
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            close(writing)
        }
        return ends[0]
    }

    /// Runs `killCommand` with `SIGNAL` in its environment, for at most 5 seconds.
    func runKillCommand(_ signal: String) {
        guard let arguments = command.killCommand, let name = arguments.first,
            let program = Spawn.find(name, path: command.environment["PATH"], in: command.workingDirectory)
        else { return }
        let environment = command.environment.merging(["SIGNAL": signal]) { _, new in new }
        let null = Spawn.Source.path("/dev/null", flags: O_RDWR)
        guard
            let pid = try? Spawn.launch(
                program, arguments, environment: environment, descriptors: [null, null, null])
        else { return }
        if let end = try? Self.watchEnd(of: pid) {
            var event = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            poll(&event, 1, 5000)
            close(end)
        }
        var helpers = SessionMembers(leader: pid)
        helpers.killAll()
        var status: CInt = 0
        waitpid(pid, &status, 0)
    }
}
