/// Reads one log and knows how far it has come.
actor LogFollower {
    private let path: String
    private var offset: Int
    private var reconnection: Reconnection
    private var current: (chunks: AsyncThrowingStream<[UInt8], any Error>, isLast: Bool)?
    private var isComplete = false

    init(client: SlipwayClient, path: String, offset: Int) {
        self.path = path + (path.contains("?") ? "&" : "?")
        self.offset = offset
        reconnection = Reconnection(client: client)
    }

    func next() async throws -> LogChunk? {
        var reconnection = reconnection
        defer { self.reconnection = reconnection }
        while !isComplete {
            try Task.checkCancellation()
            guard let (chunks, isLast) = current else {
                switch try await reconnection.open(
                    "\(path)offset=\(offset)&follow=1", accept: "application/octet-stream, text/plain")
                {
                case .finished: isComplete = true
                case .chunks(let chunks, let isLast): current = (chunks, isLast)
                }
                continue
            }
            do {
                for try await bytes in chunks {
                    reconnection.reset()
                    defer { offset += bytes.count }
                    return LogChunk(offset: offset, bytes: bytes)
                }
                try Task.checkCancellation()
                current = nil
                isComplete = isLast
                if !isLast { try await reconnection.pause(because: "the log isn't complete") }
            } catch {
                current = nil
                try await reconnection.pause(because: try reconnection.reason(for: error))
            }
        }
        return nil
    }
}
