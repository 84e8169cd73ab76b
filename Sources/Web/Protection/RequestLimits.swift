/// How much a request may be, and how long it may take. Larger than what anybody needs, small enough that many at once
/// do no harm.
public struct RequestLimits: Sendable {
    /// Bytes of path and query.
    var uri = 8 << 10
    /// Bytes of one header field.
    var headerField = 16 << 10
    /// Bytes of all header fields.
    var headers = 64 << 10
    /// Number of header fields.
    var headerCount = 100
    /// Bytes of a form.
    var form = 1 << 20
    /// Fields of a form.
    var formFields = 500
    /// Bytes of a JSON body.
    var json = 4 << 20
    /// How deep objects and arrays of a JSON body may lie in each other.
    var jsonDepth = 32
    /// Values of a JSON body.
    var jsonValues = 100_000
    /// From the opening of a connection to the end of the first request's header fields.
    var headTime = Duration.seconds(15)
    /// Between two requests on one connection.
    var keepAlive = Duration.seconds(75)
    /// From the header fields to the end of a body; of git's, between two pieces of it.
    var bodyTime = Duration.seconds(60)
    /// Between two pieces of a push: git thinks in between.
    var gitBodyTime = Duration.seconds(300)
    /// As long a client may take nothing of what it is sent.
    var writeTime = Duration.seconds(120)
    /// Connections in all.
    public var connections = 1000
    /// Connections from one address, unless it is a trusted proxy's.
    var connectionsPerAddress = 250
    /// Streams that one account, token or script may have open.
    var streams = 100
    /// Bytes that a push leaves free on the disk.
    var diskReserve = 256 << 20

    public init() {}
}
