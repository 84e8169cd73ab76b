import ArgumentParser
import Client
import Foundation
import Model
import Store

/// `slipway events`: what happens, as it happens.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print what happens, until Ctrl-C; goes on over restarts of the server.",
        discussion: """
            Examples:
              slipway events
              slipway events --topic deploy/12 --topic environment/1 --json
            """)

    @OptionGroup var server: ServerOption
    @Option(help: "Only what is about this (app/1, build/47, deploy/12 …); may be repeated.") var topic: [String] = []
    @Flag(help: "Print JSON, an event a line.") var json = false
    // It always does.
    @Flag(name: [.short, .long], help: .hidden) var reconnect = false

    func run() async throws {
        let topics = topic.isEmpty ? "" : "?topics=\(segment(topic.joined(separator: ",")))"
        for try await message in try server.connect().events("/events\(topics)") where message.name != "hello" {
            guard !json else {
                Terminal.print(message.data)
                continue
            }
            let event = try JSONCoding.decoder.decode(Event.self, from: Data(message.data.utf8))
            Terminal.print("\(Terminal.styled(JSONCoding.text(of: event.at), .faint)) \(event.topic) \(event.kind)")
        }
    }
}
