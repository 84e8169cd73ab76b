import ArgumentParser
import Foundation

/// The environment that a command is about.
struct PlaceOption: ParsableArguments {
    @Option(
        name: [.long, .customLong("env")],
        help: ArgumentHelp(
            "The environment; else that of SLIPWAY_ENVIRONMENT or RANCHER_ENVIRONMENT, else production.",
            valueName: "name"))
    var environment: String?

    /// Its name or alias.
    var name: String { environment ?? Self.standard() }
    /// Its address below the API.
    var path: String { "/environments/\(segment(name))" }

    /// What is meant where nothing is said.
    static func standard(in variables: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let named = ["SLIPWAY_ENVIRONMENT", "RANCHER_ENVIRONMENT"].compactMap { variables[$0] }
        return named.first { !$0.isEmpty } ?? "production"
    }
}
