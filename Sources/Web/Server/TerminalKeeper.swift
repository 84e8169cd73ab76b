import ServiceLifecycle
import Stacks

/// Ends commands in containers that nobody is at any more, and all of them before the server stops: an engine lets them
/// go on for ever.
struct TerminalKeeper: Service {
    private static let interval = Duration.seconds(5)

    let terminals: Terminals

    func run() async {
        for await _ in pulses.cancelOnGracefulShutdown() { await terminals.tidy() }
        await terminals.endAll(because: "the server was stopped")
    }

    private var pulses: AsyncStream<Void> {
        AsyncStream { try? await Task.sleep(for: Self.interval) }
    }
}
