import Foundation
import Glibc

extension Supervision {
    /// Starts the command on the terminal, which becomes its controlling one. Returns its pid.
    static func launch(
        _ command: SupervisedCommand, in folder: RunFolder, on terminal: PseudoTerminal
    ) throws(CannotStart) -> pid_t {
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
                program, command.arguments,
                environment: command.environment.merging([RunFolder.markName: folder.path]) { $1 },
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
}
