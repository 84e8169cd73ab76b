import UnixSignals

/// Ctrl-C and TERM as something that can be awaited.
enum Interrupt {
    /// Returns when a signal has come, or the task is cancelled.
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
