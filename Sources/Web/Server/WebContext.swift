import Access
import Hummingbird
import Logging
import NIOCore

/// What is known of a request besides its head and body: who asks, and the fields of a form.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whether it came over the socket in the data directory.
    let isLocal: Bool
    /// Who asks; nil only on the pages that are open to everyone.
    var actor: Actor?
    /// The secret of the browser's session and the token that its forms must carry.
    var session: (secret: String, csrf: String)?
    /// Fields of a form that was posted.
    var form: [String: String] = [:]

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        if case .unixDomainSocket = source.channel.localAddress { isLocal = true } else { isLocal = false }
    }
}
