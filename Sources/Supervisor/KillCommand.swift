import Glibc

/// A command's `killCommand`, for what signals can't reach.
struct KillCommand {
    private let command: SupervisedCommand

    init(_ command: SupervisedCommand) {
        self.command = command
    }

    /// Runs it with `SIGNAL` in its environment, for at most 5 seconds. Does nothing where there is none.
    func run(_ signal: String) {
        guard let arguments = command.killCommand, let name = arguments.first,
            let program = Spawn.find(name, path: command.environment["PATH"], in: command.workingDirectory)
        else { return }
        let environment = command.environment.merging(["SIGNAL": signal]) { _, new in new }
        let null = Spawn.Source.path("/dev/null", flags: O_RDWR)
        guard
            let pid = try? Spawn.launch(
                program, arguments, environment: environment, descriptors: [null, null, null])
        else { return }
        if let end = try? Supervision.watchEnd(of: pid) {
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
