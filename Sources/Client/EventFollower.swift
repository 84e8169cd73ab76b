/// Reads server-sent events and knows the last one.
actor EventFollower {
    private let path: String
    private var lastID: String?
    private var reconnection: Reconnection
    private var chunks: AsyncThrowingStream<[UInt8], any Error>?
    private var parser = ServerEventParser()
    private var waiting: [ServerEvent] = []
    private var isComplete = false

    init(client: SlipwayClient, path: String, lastID: String?) {
        self.path = path
        self.lastID = lastID
        reconnection = Reconnection(client: client)
    }

    func next() async throws -> ServerEvent? {
        var reconnection = reconnection
        defer { self.reconnection = reconnection }
        while !isComplete {
            try Task.checkCancellation()
            if !waiting.isEmpty {
                let event = waiting.removeFirst()
                lastID = event.id ?? lastID
                return event
            }
            guard let chunks else {
                // What was begun on the old connection comes again on the new one.
                parser = ServerEventParser()
                let headers = lastID.map { [("Last-Event-ID", $0)] } ?? []
                switch try await reconnection.open(path, accept: "text/event-stream", headers: headers) {
                case .finished: isComplete = true
                case .chunks(let chunks, _): self.chunks = chunks
                }
                continue
            }
            do {
                var hasEnded = true
                for try await bytes in chunks {
                    reconnection.reset()
                    waiting += parser.parse(bytes)
                    hasEnded = false
                    break
                }
                guard hasEnded else { continue }
                try Task.checkCancellation()
                self.chunks = nil
                try await reconnection.pause(because: "the events ended")
            } catch {
                self.chunks = nil
                try await reconnection.pause(because: try reconnection.reason(for: error))
            }
        }
        return nil
    }
}
