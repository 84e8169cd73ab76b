import Foundation
import Glibc
import LinuxCalls

/// One command in its pseudo-terminal, from its start to the last byte of its output. Runs in a process of its own,
/// so it waits with `poll` and needs no other thread than the one that waits for the command's end.
struct Supervision {
    /// The command never ran.
    struct CannotStart: Error {
        var sentence: String
    }

    private let folder: RunFolder
    private let command: SupervisedCommand
    private let terminal: PseudoTerminal
    private var log: LogWriter
    private var ladder: SignalLadder
    private var members: SessionMembers
    private let startedAt = ContinuousClock.now
    private var lastOutputAt = ContinuousClock.now
    /// Becomes readable when the command has ended, which is then still a zombie: its session can't be another's.
    private let end: CInt
    /// Becomes readable when a file appears in the run folder.
    private let watch: CInt

    init(folder: RunFolder, command: SupervisedCommand) throws {
        self.folder = folder
        self.command = command
        do {
            log = try LogWriter(path: command.logPath, secrets: command.secrets)
        } catch {
            throw CannotStart(sentence: "can't open the log \(command.logPath): \(error)")
        }
        ladder = SignalLadder(
            grace: .seconds(command.signalGrace), skipsInterrupt: command.skipsInterrupt ?? false)
        watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        inotify_add_watch(watch, folder.path, UInt32(IN_CREATE) | UInt32(IN_MOVED_TO))
        do {
            guard !folder.abortRequested else { throw CannotStart(sentence: "it was aborted before it began") }
            terminal = try PseudoTerminal(columns: command.columns, rows: command.rows)
            let leader = try Self.launch(command, in: folder, on: terminal)
            folder.writeLeader(leader)
            members = SessionMembers(leader: leader)
            do {
                end = try Self.watchEnd(of: leader)
            } catch {
                members.killAll()
                throw CannotStart(sentence: "can't watch the command: \(error)")
            }
        } catch {
            let sentence = (error as? CannotStart)?.sentence ?? "can't open a pseudo-terminal: \(error)"
            log.note(sentence)
            _ = log.sync()
            throw CannotStart(sentence: sentence)
        }
    }

    /// Returns when the command has ended, nothing of its session is left and the log is complete.
    mutating func run() -> SupervisedOutcome {
        while !step() {}
        if folder.abortRequested { ladder.begin(.aborted, because: "abort requested", at: .now) }
        // What ends by itself may leave a daemon behind; what is ended leaves nothing.
        if ladder.reason != nil { members.adopter = getpid() }
        members.killAll()
        terminal.releaseOtherEnd()
        drain()
        var status: CInt = 0
        waitpid(members.leader, &status, 0)
        log.finish()
        let complete = completeLog()
        let exited = status & 0x7f == 0
        return SupervisedOutcome(
            exitStatus: exited ? (status >> 8) & 0xff : nil, signal: exited ? nil : status & 0x7f,
            reason: ladder.reason ?? (exited ? .exited : .signaled), logTruncated: !complete)
    }

    /// One turn: look at the limits, send what is due, wait for the next event. True when the command has ended.
    private mutating func step() -> Bool {
        let now = ContinuousClock.now
        checkLimits(at: now)
        if let (rung, note) = ladder.due(at: now) {
            log.note(note)
            members.adopter = getpid()
            members.send(rung.signal)
        }
        var events = [
            pollfd(fd: end, events: Int16(POLLIN), revents: 0),
            pollfd(fd: watch, events: Int16(POLLIN), revents: 0),
            pollfd(fd: log.isBlocked ? -1 : terminal.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&events, nfds_t(events.count), timeout(at: now))
        linux_bury_orphans(members.leader)
        if events[1].revents != 0 { clearWatch() }
        if log.isBlocked {
            log.flush()
            lastOutputAt = .now
        } else if events[2].revents != 0, let output = terminal.read(), !output.isEmpty {
            lastOutputAt = .now
            log.append(output)
        }
        return events[0].revents != 0
    }

    private mutating func checkLimits(at now: ContinuousClock.Instant) {
        if folder.abortRequested { ladder.begin(.aborted, because: "abort requested", at: now) }
        if let limit = command.timeLimit, now >= startedAt + .seconds(limit) {
            ladder.begin(.overTime, because: "the time limit of \(limit) s is over", at: now)
        }
        if let limit = command.inactivityTimeout, !log.isBlocked, now >= lastOutputAt + .seconds(limit) {
            ladder.begin(.inactive, because: "no output for \(limit) s", at: now)
        }
    }

    /// Milliseconds to the next thing that happens by itself; -1 when nothing does.
    private func timeout(at now: ContinuousClock.Instant) -> CInt {
        var deadlines: [ContinuousClock.Instant] = []
        if let deadline = ladder.deadline { deadlines.append(deadline) }
        if log.isBlocked { deadlines.append(now + .seconds(1)) }
        if ladder.reason == nil {
            if let limit = command.timeLimit { deadlines.append(startedAt + .seconds(limit)) }
            if let limit = command.inactivityTimeout, !log.isBlocked {
                deadlines.append(lastOutputAt + .seconds(limit))
            }
        }
        guard let next = deadlines.min() else { return -1 }
        let wait = (next - now).components
        return CInt(clamping: max(0, wait.seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000 + 1))
    }

    /// Reads what is left: to the hang-up, or for one second where somebody who got away holds the terminal.
    private mutating func drain() {
        let patience = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < patience, let output = terminal.read() {
            if output.isEmpty {
                var event = pollfd(fd: terminal.descriptor, events: Int16(POLLIN), revents: 0)
                poll(&event, 1, 100)
            } else {
                log.append(output)
            }
        }
    }

    /// Waits for room, as long as the command's patience lasts. False when the log's end could not be written.
    private mutating func completeLog() -> Bool {
        let patience = ContinuousClock.now + .seconds(command.logPatience)
        while !log.sync() {
            if ContinuousClock.now >= patience { return false }
            poll(nil, 0, 500)
        }
        return true
    }

    private func clearWatch() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(watch, &buffer, buffer.count) > 0 {}
    }
}
