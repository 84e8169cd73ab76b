import HTTPTransport
import Model

/// How long a call waits for a server that is restarting.
struct Patience: Sendable {
    /// The server, for the sentence at the end.
    let server: String
    let limit: Duration
    /// Told once, when the waiting begins.
    let announce: (@Sendable (String) -> Void)?

    private var deadline: ContinuousClock.Instant?
    private var pause = Duration.milliseconds(50)

    init(server: String, limit: Duration, announce: (@Sendable (String) -> Void)?) {
        self.server = server
        self.limit = limit
        self.announce = announce
    }

    /// Waits a little longer each time; throws `.unavailable` when the time is over.
    mutating func wait(because cause: String, atLeast least: Duration = .zero) async throws {
        let now = ContinuousClock.now
        if deadline == nil {
            deadline = now + limit
            announce?("Waiting for Slipway at \(server) (\(cause))")
        }
        guard let deadline, now < deadline else {
            throw Failure(
                .unavailable, "Slipway at \(server) doesn't answer",
                hint: "Start it with `slipway serve`, or correct SLIPWAY_URL.", cause: cause)
        }
        try await Task.sleep(until: min(now + max(pause, least), deadline), clock: .continuous)
        pause = min(pause * 2, .seconds(1))
    }

    /// The server answers again, if only to say that there is nothing yet: its time starts anew, the pauses don't.
    mutating func extend() { deadline = nil }

    /// The server is there and has something to say.
    mutating func reset() {
        deadline = nil
        pause = .milliseconds(50)
    }

    /// Why it is worth waiting after this error; throws what isn't.
    func reason(for error: HTTPTransportError) throws(Failure) -> String {
        switch error {
        case .cannotConnect("Permission denied"):
            throw Failure(
                .forbidden, "This user may not use Slipway's socket \(server)",
                hint: "Run as the user of the server, or set SLIPWAY_URL and SLIPWAY_TOKEN.")
        case .cannotConnect(let reason) where reason.hasPrefix("cannot resolve"):
            throw Failure(
                .unavailable, "Slipway at \(server) can't be found", hint: "Correct SLIPWAY_URL.", cause: reason)
        case .cannotConnect, .closed: return error.description
        case .untrusted(let reason):
            throw Failure(
                .unavailable, "Slipway at \(server) isn't believed: \(reason)",
                hint: "Name the authority's certificate (PEM) in SSL_CERT_FILE, or correct SLIPWAY_URL.")
        case .timedOut: throw Failure(.timedOut, "Slipway at \(server) didn't answer in time")
        case .malformed:
            throw Failure(
                .unavailable, "What answers at \(server) is not Slipway", hint: "Correct SLIPWAY_URL or SLIPWAY_TOKEN.")
        }
    }
}
