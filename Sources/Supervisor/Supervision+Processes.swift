import Foundation
import Glibc
import LinuxCalls

extension Supervision {
    /// Starts the command on the terminal, which becomes its controlling one. Returns its pid.
    static func launch(
        _ command: SupervisedCommand, in folder: RunFolder, on terminal: PseudoTerminal
    ) throws(CannotStart) -> pid_t {
        guard let name = command.arguments.first else { throw CannotStart(sentence: "there is no command to run") }
        // Another user enters it by itself: what it may not see, we don't look into.
        guard command.user != nil || chdir(command.workingDirectory) == 0 else {
            throw CannotStart(sentence: "can't enter \(command.workingDirectory): \(Errno())")
        }
        let path = command.environment["PATH"]
        guard let program = Spawn.find(name, path: path, in: command.workingDirectory) else {
            throw CannotStart(sentence: "there is no program \(name) in PATH (\(path ?? "not set"))")
        }
        let environment = command.environment.merging([RunFolder.markName: folder.path]) { $1 }
        if let user = command.user { return try launch(program, command, as: user, environment, on: terminal) }
        do {
            return try Spawn.launch(
                program, command.arguments, environment: environment,
                descriptors: [.path(terminal.path, flags: O_RDWR), .descriptor(0), .descriptor(0)])
        } catch {
            throw CannotStart(sentence: "can't run \(program): \(error)")
        }
    }

    /// The same as another user, whose the terminal becomes.
    private static func launch(
        _ program: String, _ command: SupervisedCommand, as user: SupervisedUser, _ environment: [String: String],
        on terminal: PseudoTerminal
    ) throws(CannotStart) -> pid_t {
        do { try terminal.give(to: user.number) } catch {
            throw CannotStart(sentence: "can't give the terminal to the user \(user.number): \(error)")
        }
        let arguments = command.arguments.map { strdup($0) } + [nil]
        let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var stage: CInt = 0
        let pid = user.groups.withUnsafeBufferPointer { groups in
            var identity = linux_user(
                number: user.number, group: user.group, groups: groups.baseAddress, count: groups.count)
            return linux_start_as(
                &identity, program, arguments, variables, command.workingDirectory, terminal.path, &stage)
        }
        guard pid < 0 else { return pid }
        let error = Errno()
        switch linux_user_stage(UInt32(stage)) {
        case LINUX_USER_CHANGE: throw CannotStart(sentence: "can't become the user \(user.number): \(error)")
        case LINUX_USER_DIRECTORY: throw CannotStart(sentence: "can't enter \(command.workingDirectory): \(error)")
        default: throw CannotStart(sentence: "can't run \(program): \(error)")
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
