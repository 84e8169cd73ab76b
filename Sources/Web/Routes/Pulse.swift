import ServiceLifecycle
import Store

extension EventHub {
    /// Yields at once, after every committed write, and at least once every `interval`; ends with the reader.
    func pulses(every interval: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let wakeups = wakeups()
        continuation.yield()
        let task = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in wakeups { continuation.yield() } }
                group.addTask {
                    while (try? await Task.sleep(for: interval)) != nil { continuation.yield() }
                }
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
