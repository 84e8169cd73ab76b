extension DockerClient {
    /// Maps to `GET /containers/(id)/stats`: one look, without the second that the engine else takes for two.
    public func containerStats(_ id: String) async throws -> ContainerStats {
        try await get(
            "/containers/\(Call.escape(id))/stats", [("stream", "0"), ("one-shot", "1")],
            doing: "measure the container \(id.prefix(12))")
    }
}

/// What a container has used so far, and what it has now.
public struct ContainerStats: Sendable, Decodable {
    /// When it was measured; the engine's "never" for one that doesn't run.
    public var read: String
    public var processor: Processor
    public var memory: Memory

    private enum CodingKeys: String, CodingKey {
        case read
        case processor = "cpu_stats"
        case memory = "memory_stats"
    }

    public struct Processor: Sendable, Decodable {
        public var usage: Usage

        private enum CodingKeys: String, CodingKey { case usage = "cpu_usage" }

        public struct Usage: Sendable, Decodable {
            /// Nanoseconds of all processors since it started.
            public var total: UInt64

            private enum CodingKeys: String, CodingKey { case total = "total_usage" }
        }
    }

    public struct Memory: Sendable, Decodable {
        /// Bytes, what the kernel keeps of files included; nil while it doesn't run.
        public var usage: UInt64?
        /// Bytes; the machine's own where none was set.
        public var limit: UInt64?
        private var stats: Parts?

        /// Bytes that can't be given back at once: without files that were read and are not in use.
        public var used: UInt64? {
            guard let usage else { return nil }
            let idle = stats?.idleFiles ?? stats?.totalIdleFiles ?? 0
            return usage - min(usage, idle)
        }

        private struct Parts: Sendable, Decodable {
            /// As cgroup v2 calls it.
            var idleFiles: UInt64?
            /// As cgroup v1 calls it.
            var totalIdleFiles: UInt64?

            private enum CodingKeys: String, CodingKey {
                case idleFiles = "inactive_file"
                case totalIdleFiles = "total_inactive_file"
            }
        }
    }
}
