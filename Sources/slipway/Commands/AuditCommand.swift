import Access
import ArgumentParser
import Client
import Foundation
import Model

/// `slipway audit`: who did what, when and from where.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show who did what, newest first.",
        discussion: """
            Examples:
              slipway audit --app orders --action deploy
              slipway audit --all > audit.jsonl             # the whole log as JSON lines
            """)

    @OptionGroup var server: ServerOption
    @Option(help: "Of this account, token or script.") var actor: String?
    @Option(help: "This action, or all that begin with it: grant, grant.add.") var action: String?
    @Option(help: "done, refused or failed.") var outcome: String?
    @Option(help: "On this app.") var app: String?
    @Option(help: "In this environment.") var environment: String?
    @Option(help: "How many entries, at most 200.") var limit = 50
    @Flag(help: "Print all that fits as JSON lines.") var all = false

    private struct Answer: Decodable { var rows: [AuditEntry] }

    private var query: String {
        [
            ("actor", actor), ("action", action), ("outcome", outcome), ("app", app), ("environment", environment),
        ].compactMap { name, value in value.map { "\(name)=\(segment($0))" } }.joined(separator: "&")
    }

    func run() async throws {
        let client = try server.connect()
        if all {
            return try await client.stream("/audit.jsonl?\(query)") { FileHandle.standardOutput.write(Data($0)) }
        }
        let answer: Answer = try await client.get("/audit?limit=\(limit)&\(query)")
        let rows = answer.rows.map { entry in
            [
                JSONCoding.text(of: entry.at), entry.actor, entry.action,
                [entry.app, entry.environment, entry.subject].compactMap { $0 }.joined(separator: " "),
                entry.address, entry.outcome.rawValue,
            ]
        }
        Terminal.print(Terminal.table(["AT", "WHO", "WHAT", "ON", "FROM", "OUTCOME"], rows))
    }
}
