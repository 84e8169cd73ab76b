import Access
import HTTPTransport
import HTTPTypes
import Testing

@testable import Web

/// Whose word is taken for where a request comes from.
@Suite struct ArrivalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var peer: String? = "10.0.0.2"
        var headers: [(String, String)] = []
        var address: String
        var isSecure = false

        var testDescription: String { "\(peer ?? "front"): \(headers)" }
    }

    static let trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"].compactMap(AddressRange.init)
    static let xff = "X-Forwarded-For"
    static let xfp = "X-Forwarded-Proto"

    static let cases: [Case] = [
        // Nobody in between, or somebody who isn't trusted: headers are the client's own words.
        Case(peer: "203.0.113.9", address: "203.0.113.9"),
        Case(peer: "203.0.113.9", headers: [(xff, "1.2.3.4"), (xfp, "https")], address: "203.0.113.9"),
        Case(peer: "203.0.113.9", headers: [("Forwarded", "for=1.2.3.4;proto=https")], address: "203.0.113.9"),
        Case(peer: "", headers: [(xff, "1.2.3.4")], address: ""),
        // A trusted proxy.
        Case(address: "10.0.0.2"),
        Case(headers: [(xff, "203.0.113.9")], address: "203.0.113.9"),
        Case(headers: [(xff, "203.0.113.9"), (xfp, "https")], address: "203.0.113.9", isSecure: true),
        Case(headers: [(xff, "203.0.113.9"), (xfp, "HTTPS")], address: "203.0.113.9", isSecure: true),
        Case(headers: [(xff, "203.0.113.9"), (xfp, "http")], address: "203.0.113.9"),
        Case(peer: "::ffff:10.0.0.2", headers: [(xff, "203.0.113.9")], address: "203.0.113.9"),
        Case(peer: "fd00::1", headers: [(xff, "2001:db8::9")], address: "2001:db8::9"),
        Case(peer: "192.0.2.7", headers: [(xff, "203.0.113.9")], address: "203.0.113.9"),
        Case(peer: "192.0.2.8", headers: [(xff, "203.0.113.9")], address: "192.0.2.8"),
        // What the client wrote itself stands before what the proxies wrote.
        Case(headers: [(xff, "127.0.0.1, 203.0.113.9")], address: "203.0.113.9"),
        Case(headers: [(xff, "10.9.9.9, 203.0.113.9, 10.0.0.3")], address: "203.0.113.9"),
        Case(headers: [(xff, "1.2.3.4"), (xff, "203.0.113.9")], address: "203.0.113.9"),
        Case(headers: [(xff, "10.0.0.4, 10.0.0.3")], address: "10.0.0.4"),
        Case(headers: [(xff, "203.0.113.9"), (xfp, "https, http")], address: "203.0.113.9"),
        // Forms of addresses, and what is none.
        Case(headers: [(xff, "203.0.113.9:5555")], address: "203.0.113.9"),
        Case(headers: [(xff, "[2001:db8::9]:5555")], address: "2001:db8::9"),
        Case(headers: [(xff, "2001:DB8:0:0::9")], address: "2001:db8::9"),
        Case(headers: [(xff, "unknown")], address: "10.0.0.2"),
        Case(headers: [(xff, "203.0.113.9, _hidden, 10.0.0.3")], address: "10.0.0.3"),
        Case(headers: [(xff, ", ,")], address: "10.0.0.2"),
        Case(headers: [(xff, "local")], address: "10.0.0.2"),
        Case(headers: [(xff, "999.1.1.1")], address: "10.0.0.2"),
        Case(headers: [(xff, String(repeating: "9", count: 9000))], address: "10.0.0.2"),
        Case(headers: [(xff, "203.0.113.9:99999")], address: "10.0.0.2"),
        // The standard's own header.
        Case(headers: [("Forwarded", "for=203.0.113.9;proto=https")], address: "203.0.113.9", isSecure: true),
        Case(
            headers: [("Forwarded", #"For="[2001:db8::9]:4711"; Proto=https"#)], address: "2001:db8::9", isSecure: true),
        Case(headers: [("Forwarded", "for=1.2.3.4, for=203.0.113.9;by=10.0.0.2")], address: "203.0.113.9"),
        Case(headers: [("Forwarded", "for=_secret")], address: "10.0.0.2"),
        Case(headers: [("Forwarded", ";;=;for")], address: "10.0.0.2"),
        // Both: where they differ, one of them is the client's.
        Case(headers: [(xff, "203.0.113.9"), ("Forwarded", "for=203.0.113.9")], address: "203.0.113.9"),
        Case(headers: [(xff, "203.0.113.9"), ("Forwarded", "for=1.2.3.4;proto=https")], address: "10.0.0.2"),
        // Our own TLS front, on its socket.
        Case(peer: nil, headers: [(xff, "203.0.113.9"), (xfp, "https")], address: "203.0.113.9", isSecure: true),
        Case(peer: nil, address: ""),
    ]

    @Test(arguments: cases) func `Only what a trusted proxy wrote is believed`(_ given: Case) throws {
        var headers = HTTPFields()
        for (name, value) in given.headers {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let found = arrival(from: given.peer, headers, trusted: Self.trusted)
        #expect(found == Arrival(address: given.address, isSecure: given.isSecure))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/9", "10.128.0.1", false),
        ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false), ("192.0.2.7/32", "192.0.2.7", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false), ("::1", "::1", true),
    ])
    func `A range holds what begins alike`(range: String, address: String, isHeld: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isHeld)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "example.com", "::/129", "10.0.0.0/8/8", "/8", "1"])
    func `What is no range is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func `The address that is believed is the one in the audit log, and who tries too often must wait`()
        async throws
    {
        try await World.run(settings: { $0.trustedProxies = ["127.0.0.0/8"].compactMap(AddressRange.init) }) { world in
            _ = try await world.access.makeFirstAccount()
            for number in 0..<6 {
                let reply = try await world.form(
                    "/sign-in", ["account": "admin", "password": "x"], [(Self.xff, "1.2.3.4, 203.0.113.9")])
                #expect(reply.status == (number < 5 ? 401 : 429))
                if number == 5 { #expect(reply.header("retry-after") == "60") }
            }
            let other = try await world.form(
                "/sign-in", ["account": "name", "password": "x"], [(Self.xff, "203.0.113.9, 198.51.100.1")])
            #expect(other.status == 401)
            let entries = try await world.access.audit.entries(limit: 2)
            #expect(entries.map(\.address) == ["198.51.100.1", "203.0.113.9"])
        }
    }

    @Test func `Over TLS the cookie is secure, of this host alone, and the browser stays with https`() async throws {
        try await World.run(settings: { $0.trustedProxies = ["127.0.0.1"].compactMap(AddressRange.init) }) { world in
            let password = try #require(try await world.access.makeFirstAccount())
            let form = ["account": "admin", "password": password]
            let secure = [(Self.xfp, "https"), (Self.xff, "203.0.113.9")]
            let reply = try await world.form("/sign-in", form, secure)
            let cookie = try #require(reply.header("set-cookie"))
            #expect(cookie.hasPrefix("__Host-slipway_session=sls_"))
            for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] { #expect(cookie.contains(part)) }
            #expect(!cookie.contains("Domain"))
            #expect(reply.header("strict-transport-security") == "max-age=31536000; includeSubDomains")
            let pair = [("Cookie", String(cookie.prefix { $0 != ";" }))]
            #expect(try await world.get("/", pair + secure).status == 200)
            // The same secret under the name that anybody may set is none.
            let plain = [("Cookie", String(cookie.dropFirst("__Host-".count).prefix { $0 != ";" }))]
            #expect(try await world.get("/", plain + secure).status == 303)
            #expect(try await world.form("/sign-in", form).header("strict-transport-security") == nil)
        }
    }
}
