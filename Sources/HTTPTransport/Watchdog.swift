import NIOCore
import Synchronization

/// Closes a connection when its time is over, and remembers that it did.
struct Watchdog: Sendable {
    private final class Flag: Sendable { let isSet = Atomic(false) }

    private let fired: Flag
    private let alarm: Scheduled<Void>?

    init(closing channel: any Channel, at deadline: NIODeadline?) {
        let fired = Flag()
        self.fired = fired
        alarm = deadline.map { deadline in
            channel.eventLoop.scheduleTask(deadline: deadline) {
                fired.isSet.store(true, ordering: .releasing)
                channel.close(promise: nil)
            }
        }
    }

    var hasFired: Bool { fired.isSet.load(ordering: .acquiring) }

    func stop() { alarm?.cancel() }
}
