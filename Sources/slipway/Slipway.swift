import ArgumentParser

/// The command line's root.
@main
struct Slipway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipway",
        subcommands: [
            CheckCommand.self
        ])
}
