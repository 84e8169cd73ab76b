/// Takes a container's output out of the frames in which the engine sends it when there is no terminal: one byte for
/// the stream, three of zero, four for the length (big-endian), then the output.
public struct LogFrameDecoder: Sendable {
    private var header: [UInt8] = []
    private var remaining = 0

    public init() {}

    /// The output in a chunk, stdout and stderr as they came; frames may begin and end anywhere.
    public mutating func decode(_ chunk: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(chunk.count)
        var rest = chunk[...]
        while !rest.isEmpty {
            if remaining > 0 {
                let payload = rest.prefix(remaining)
                output += payload
                remaining -= payload.count
                rest = rest.dropFirst(payload.count)
            } else {
                let part = rest.prefix(8 - header.count)
                header += part
                rest = rest.dropFirst(part.count)
                guard header.count == 8 else { break }
                remaining = header[4...].reduce(0) { $0 << 8 | Int($1) }
                header = []
            }
        }
        return output
    }
}
