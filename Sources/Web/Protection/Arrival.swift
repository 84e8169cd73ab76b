import Foundation
import HTTPTypes

/// Where a request comes from.
struct Arrival: Hashable, Sendable {
    /// `local` for the socket in the data directory, else the client's address.
    var address: String
    /// Whether the client spoke TLS, as far as somebody who is believed says so.
    var isSecure: Bool
}

/// Where a request comes from: what proxies say of it is believed only of those that are trusted.
///
/// Each proxy appends the address that it was asked from, so the list is read from its end: the last one that isn't
/// itself a trusted proxy is the client. Whatever stands before it, anybody may have written.
///
/// - Parameters:
///   - peer: The address at the other end of the connection; nil where it is a proxy of our own on a unix socket.
///   - trusted: The proxies that are believed.
func arrival(from peer: String?, _ headers: HTTPFields, trusted: [AddressRange]) -> Arrival {
    func isTrusted(_ address: IPAddress) -> Bool { trusted.contains { $0.contains(address) } }
    var arrival = Arrival(address: peer ?? "", isSecure: false)
    if let peer {
        guard let address = IPAddress(peer) else { return arrival }
        arrival.address = address.description
        guard isTrusted(address) else { return arrival }
    }
    let (old, new) = (values(.forwardedFor, headers), ForwardedElement.all(values(.forwarded, headers)))
    // A proxy writes one of the two and may let the other through as the client sent it.
    if !old.isEmpty, !new.isEmpty, old.map(IPAddress.init(node:)).last != new.map(\.client).last { return arrival }
    for hop in old.isEmpty ? new.map(\.client).reversed() : old.reversed().map(IPAddress.init(node:)) {
        // Whoever was asked by somebody it can't name is the last that is known.
        guard let hop else { break }
        arrival.address = hop.description
        guard isTrusted(hop) else { break }
    }
    let scheme = old.isEmpty ? new.last?.scheme : nil
    arrival.isSecure = (scheme ?? values(.forwardedProto, headers).last)?.lowercased() == "https"
    return arrival
}

/// The parts of a list, over all fields of that name.
private func values(_ name: HTTPField.Name, _ headers: HTTPFields) -> [String] {
    headers[values: name].flatMap { $0.split(separator: ",") }.map { String($0).trimmed }.filter { !$0.isEmpty }
}

/// A proxy's part of `Forwarded` (RFC 7239): `for=192.0.2.60;proto=https`.
private struct ForwardedElement {
    var client: IPAddress?
    var scheme: String?

    static func all(_ texts: [String]) -> [ForwardedElement] { texts.map(ForwardedElement.init) }

    init(_ text: String) {
        for pair in text.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1]).trimmed.trimmingCharacters(in: ["\""])
            switch String(parts[0]).trimmed.lowercased() {
            case "for": client = IPAddress(node: value)
            case "proto": scheme = value
            default: break
            }
        }
    }
}
