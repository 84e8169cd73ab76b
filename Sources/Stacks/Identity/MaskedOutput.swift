import Model
import Synchronization

extension AsyncThrowingStream<[UInt8], any Error> {
    /// The same output without secrets, also where they are cut by the borders of chunks.
    func masked(by masker: consuming Masker) -> AsyncThrowingStream<[UInt8], any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream()
        let task = Task { [masker] in
            var masker = masker
            do {
                for try await chunk in self {
                    let output = masker.mask(chunk)
                    if !output.isEmpty { continuation.yield(output) }
                }
                let rest = masker.finish()
                if !rest.isEmpty { continuation.yield(rest) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
