/// The body of an answer: chunks as git writes them. Git waits while nobody takes them.
public struct CGIBody: AsyncSequence, Sendable {
    /// A chunk of bytes.
    public typealias Element = [UInt8]

    /// Takes chunk after chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var preceding: [UInt8]
        private let stream: Stream

        fileprivate init(preceding: [UInt8], stream: Stream) {
            self.preceding = preceding
            self.stream = stream
        }

        /// The next chunk; nil at the end. Throws when git ended badly.
        public mutating func next() async throws -> [UInt8]? {
            guard preceding.isEmpty else {
                defer { preceding = [] }
                return preceding
            }
            return try await stream.handover.next()
        }
    }

    /// Tells the producer when the last reference is gone.
    fileprivate final class Stream: Sendable {
        let handover: Handover
        let letGo: @Sendable () -> Void

        init(handover: Handover, letGo: @escaping @Sendable () -> Void) {
            self.handover = handover
            self.letGo = letGo
        }

        deinit {
            handover.abandon()
            letGo()
        }
    }

    private let preceding: [UInt8]
    private let stream: Stream

    init(handover: Handover, preceding: [UInt8], letGo: @escaping @Sendable () -> Void = {}) {
        self.preceding = preceding
        stream = Stream(handover: handover, letGo: letGo)
    }

    private init(preceding: [UInt8], stream: Stream) {
        self.preceding = preceding
        self.stream = stream
    }

    /// The same with bytes before it that were taken already.
    func preceded(by bytes: [UInt8]) -> CGIBody { CGIBody(preceding: bytes, stream: stream) }

    /// Call it once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(preceding: preceding, stream: stream) }
}
