import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// What can go wrong below the meaning of a request.
public enum HTTPTransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there; the operating system's reason.
    case cannotConnect(String)
    case timedOut
    /// The connection ended before the answer did.
    case closed
    /// The request can't be written as HTTP, or the answer isn't HTTP.
    case malformed

    public var description: String {
        switch self {
        case .cannotConnect(let reason): reason
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
        case is IOError, is ChannelError: HTTPTransportError.closed
        default: error
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
