import ArgumentParser
import Client
import Foundation
import Model

/// How a command finds the server: `SLIPWAY_URL` and `SLIPWAY_TOKEN`, or the socket in the data directory.
struct ServerOption: ParsableArguments {
    @Option(help: ArgumentHelp("The server's data directory, where SLIPWAY_URL is not set.", valueName: "directory"))
    var data: String = DataDirectory.standard

    func connect() throws -> SlipwayClient {
        try SlipwayClient(
            ClientSettings.discover(environment: ProcessInfo.processInfo.environment, dataDirectory: data))
    }
}

/// A part of a path, escaped.
func segment(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? text
}

/// The value as JSON on standard output.
func printJSON(_ value: some Encodable) throws {
    Terminal.print(String(decoding: try JSONCoding.encoder.encode(value), as: UTF8.self))
}

/// `3 min ago`.
func ago(_ date: Date?, now: Date = Date()) -> String {
    guard let date else { return "–" }
    let seconds = Int(now.timeIntervalSince(date))
    switch seconds {
    case ..<60: return "\(max(0, seconds)) s ago"
    case ..<3600: return "\(seconds / 60) min ago"
    case ..<86400: return "\(seconds / 3600) h ago"
    default: return "\(seconds / 86400) d ago"
    }
}
