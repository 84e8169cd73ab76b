import Foundation
import HTTPTransport
import Model
import Testing

@testable import Client

@Suite("Finding the server")
struct ClientSettingsTests {
    @Test("SLIPWAY_URL and SLIPWAY_TOKEN go first")
    func environment() throws {
        let settings = try ClientSettings.discover(
            environment: ["SLIPWAY_URL": "http://box:8080", "SLIPWAY_TOKEN": "slp_1"], dataDirectory: "/nowhere")
        #expect(settings == ClientSettings(endpoint: "http://box:8080", token: "slp_1"))
    }

    @Test("Else the socket in the data directory")
    func socket() throws {
        let directory = NSTemporaryDirectory() + "slipway-\(UUID())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let settings = try ClientSettings.discover(environment: ["SLIPWAY_URL": ""], dataDirectory: directory)
        #expect(settings.endpoint == directory + "/run/slipway.sock" && settings.token == nil)
    }

    @Test("With neither there is no server to wait for")
    func nothing() {
        let failure = #expect(throws: Failure.self) {
            try ClientSettings.discover(environment: [:], dataDirectory: "/no/such/directory")
        }
        #expect(failure?.code == .unavailable && failure?.hint?.contains("slipway serve") == true)
    }

    @Test(
        "Addresses",
        arguments: [
            ("http://box", HTTPEndpoint.tcp(host: "box", port: 80), ""),
            ("http://127.0.0.1:8080/", .tcp(host: "127.0.0.1", port: 8080), ""),
            ("http://[::1]:8080/slipway/", .tcp(host: "::1", port: 8080), "/slipway"),
            ("https://box", .tls(host: "box", port: 443), ""),
            ("https://box:8443/slipway/", .tls(host: "box", port: 8443), "/slipway"),
            ("/run/s.sock", .unixSocket("/run/s.sock"), ""), ("unix:/run/s.sock", .unixSocket("/run/s.sock"), ""),
            ("unix:///run/s.sock", .unixSocket("/run/s.sock"), ""),
        ])
    func addresses(text: String, endpoint: HTTPEndpoint, prefix: String) throws {
        let address = try ServerAddress(text)
        #expect(address.endpoint == endpoint && address.prefix == prefix)
    }

    @Test("Nonsense is refused in words", arguments: ["https://", "box:8080", "", "ftp://box"])
    func refused(text: String) {
        let failure = #expect(throws: Failure.self) { try SlipwayClient(endpoint: text, token: nil) }
        #expect(failure?.code == .invalid && failure?.hint != nil)
    }
}
