import Dispatch
import Glibc

/// Ctrl-C and TERM as something that can be awaited, by several.
final class Interrupt: Sendable {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.finish() }
            source.resume()
            return source
        }
    }

    /// Returns when a signal has come, or the task is cancelled.
    func wait() async {
        for await _ in stream {}
    }
}
