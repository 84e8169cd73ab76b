import NIOCore
import NIOSSL

/// Which servers are believed.
enum TLSTrust {
    /// - Parameter authorities: A file of certificates (PEM); nil: those that the machine trusts.
    static func context(authorities: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let authorities {
                let certificates = try NIOSSLCertificate.fromPEMFile(authorities)
                configuration.trustRoots = .certificates(certificates)
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw HTTPTransportError.untrusted(
                "the authorities in \(authorities ?? "the system's folder") can't be read: \(error)")
        }
    }

    /// Holds the certificate against the host: a name, or an address that the certificate must then name.
    static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
