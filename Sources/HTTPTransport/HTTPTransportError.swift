import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What can go wrong below the meaning of a request.
public enum HTTPTransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there; the operating system's reason.
    case cannotConnect(String)
    /// Who answers has no certificate that can be believed, or doesn't speak TLS; why.
    case untrusted(String)
    case timedOut
    /// The connection ended before the answer did.
    case closed
    /// The request can't be written as HTTP, or the answer isn't HTTP.
    case malformed

    public var description: String {
        switch self {
        case .cannotConnect(let reason), .untrusted(let reason): reason
        case .timedOut: "no answer in time"
        case .closed: "the connection was closed before the answer was complete"
        case .malformed: "not HTTP"
        }
    }

    /// What went wrong while connecting.
    static func connecting(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError, is HTTPTransportError: return error
        case ChannelError.connectTimeout: return HTTPTransportError.timedOut
        case let error as NIOConnectionError:
            if let dns = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
                return HTTPTransportError.cannotConnect("cannot resolve \(error.host): \(dns)")
            }
            if let first = error.connectionErrors.first { return connecting(first.error) }
            return HTTPTransportError.timedOut
        default: return HTTPTransportError.cannotConnect(reason(error))
        }
    }

    /// What went wrong while talking.
    static func talking(_ error: any Error) -> any Error {
        switch error {
        case HTTPParserError.invalidEOFState: HTTPTransportError.closed
        case is HTTPParserError: HTTPTransportError.malformed
        case NIOSSLError.uncleanShutdown: HTTPTransportError.closed
        case let error as NIOSSLExtraError: HTTPTransportError.untrusted(error.description)
        case let error as NIOSSLError: HTTPTransportError.untrusted(distrust(error))
        case is IOError, is ChannelError: HTTPTransportError.closed
        default: error
        }
    }

    /// BoringSSL's own words are for those who wrote it.
    private static func distrust(_ error: NIOSSLError) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate isn't from an authority that is trusted"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "it doesn't speak TLS there"
        }
        return "TLS failed: \(text)"
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
