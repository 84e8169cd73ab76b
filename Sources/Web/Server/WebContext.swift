import Access
import Hummingbird
import Logging
import NIOCore

/// What is known of a request besides its head and body: who asks, and the fields of a form.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where it came in. Nothing counts as local unless the listener itself says so.
    var listener = Listener.port
    /// Where it came from: `local`, or an IP address.
    var address: String
    /// Whether the browser speaks TLS.
    var isSecure = false
    /// The cookies of the door, as this browser is to keep them.
    var cookies: DoorCookies { DoorCookies(isSecure: isSecure) }
    /// Counts open streams.
    var seats: StreamSeats?
    /// What showed who asks; nil where nothing did.
    var credential: Credential?
    /// Who asks; nil only on the routes that are open to everyone.
    var principal: Principal?
    /// What forms of the browser's session must carry; nil where there is no session.
    var csrf: String?
    /// Fields of a form that was posted.
    var form: [String: String] = [:]
    /// What the request is about.
    var place = Place()
    /// Who asks as it stands now; nil when they may no longer.
    var renew: @Sendable () async throws -> Principal? = { nil }
    /// What the handler adds to the audit log's entry.
    let note = AuditNote()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? ""
    }

    /// Whether a change must leave somebody who administers: only the machine itself may take that away.
    var keepsAnAdmin: Bool { principal?.actor.kind != .socket }

    /// Whether the one who asks may do that.
    func may(_ right: Right, _ resource: Resource) -> Bool { principal?.may(right, resource) ?? false }

    /// How rows name who asked.
    var actorName: String { principal?.actor.name ?? "nobody" }
}

/// Where a request came in.
enum Listener: Hashable, Sendable {
    /// The TCP port.
    case port
    /// The socket of the TLS front, which says whom it speaks for.
    case front
    /// The socket in the data directory, which only its owner may open.
    case local
}

/// What shows who asks.
enum Credential: Hashable, Sendable {
    case token(String)
    case session(String)
    /// The socket in the data directory.
    case local
}

extension WebServices {
    /// Whose it is, with the CSRF token of a session; nil when it is unknown or over.
    func principal(of credential: Credential) async throws -> (Principal, csrf: String?)? {
        switch credential {
        case .token(let secret): try await access.principal(token: secret).map { ($0, nil) }
        case .session(let secret): try await access.session(secret).map { ($0.principal, $0.csrf) }
        case .local: (.local, nil)
        }
    }
}
