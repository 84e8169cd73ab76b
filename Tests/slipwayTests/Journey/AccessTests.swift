import Access
import Foundation
import Model
import Testing

@testable import slipway

/// People and their rights from the command line of the server's own machine.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct AccessTests {
    @Test func `Access is repaired from the machine itself, and a token does what it was given`() async throws {
        try await Installation.run { slipway in
            func run(_ arguments: String, as token: String? = nil) async throws -> (status: Int32, output: String) {
                let server =
                    token.map { ["SLIPWAY_URL": "http://127.0.0.1:\(slipway.port)", "SLIPWAY_TOKEN": $0] } ?? [:]
                return try await slipway.program(arguments.split(separator: " ").map(String.init), server)
            }
            func word(_ pattern: Regex<Substring>, _ text: String) throws -> String {
                String(try #require(text.firstMatch(of: pattern)).output)
            }
            #expect(try await run("users password admin").output.contains("Password: "))
            #expect(try await run("users add ada").status == 0)
            #expect(try await run("teams add ops").status == 0)
            #expect(try await run("teams join ops ada").status == 0)
            #expect(try await run("grants add deployer --team ops --environment production").status == 0)
            #expect(try await run("users").output.contains("ops"))
            #expect(try await run("grants").output.contains("ops (team)"))
            #expect(try await run("apps add orders").status == 0)

            let token = try word(#/slp_\w+/#, try await run("tokens create ci --right read --days 1").output)
            #expect(try await run("apps", as: token).output.contains("orders"))
            let refused = try await run("apps rm orders", as: token)
            #expect(refused.status == 1 && refused.output.contains("may not do that"))
            let id = try word(#/^\d+/#.anchorsMatchLineEndings(), try await run("tokens list").output)
            #expect(try await run("tokens revoke \(id)").status == 0)
            #expect(try await run("apps", as: token).status == 1)

            let audit = try await run("audit --action app").output
            #expect(audit.contains("app.add") && audit.contains("refused") && audit.contains("127.0.0.1"))
            let lines = try await run("audit --all").output.split(separator: "\n")
            for line in lines { _ = try JSONCoding.decoder.decode(AuditEntry.self, from: Data(line.utf8)) }
            #expect(lines.count >= 8)
            #expect(try await run("users disable ada").output.contains("Disabled"))
            #expect(try await run("users rm ada").status == 0)
        }
    }
}
