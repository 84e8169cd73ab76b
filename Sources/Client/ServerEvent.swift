/// One server-sent event.
public struct ServerEvent: Hashable, Sendable {
    public var id: String?
    /// Its type; `message` where the server names none.
    public var name: String
    /// Its `data` lines, joined by line ends.
    public var data: String

    public init(id: String?, name: String = "message", data: String) {
        self.id = id
        self.name = name
        self.data = data
    }
}

/// Reads `text/event-stream`; bytes may be cut anywhere. Lines end in LF or CRLF.
struct ServerEventParser: Sendable {
    private var line: [UInt8] = []
    private var id: String?
    private var name: String?
    private var data: [String] = []

    /// The events that are complete now.
    mutating func parse(_ bytes: [UInt8]) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            guard byte == 0x0A else {
                line.append(byte)
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            if let event = take(String(decoding: line, as: UTF8.self)) { events.append(event) }
            line = []
        }
        return events
    }

    /// Takes one line; the empty one ends an event, which counts only if it has data.
    private mutating func take(_ line: String) -> ServerEvent? {
        guard !line.isEmpty else {
            defer { (name, data) = (nil, []) }
            return data.isEmpty
                ? nil : ServerEvent(id: id, name: name ?? "message", data: data.joined(separator: "\n"))
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count == 2 ? parts[1] : ""
        if value.first == " " { value.removeFirst() }
        switch parts[0] {
        case "id": id = String(value)
        case "event": name = String(value)
        case "data": data.append(String(value))
        default: break  // A comment, or what we don't use.
        }
        return nil
    }
}
