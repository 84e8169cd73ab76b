import Foundation
import Model
import Subprocess
import Testing

@testable import slipway

/// `bench/load.py` on a port of this machine, from `start` to `end`.
struct ConstantLoad: Sendable {
    let slipway: Installation
    let port: Int

    private var result: String { "\(slipway.folder)/load.json" }
    private var events: String { "\(slipway.folder)/load.events" }
    private var until: String { "\(slipway.folder)/load.until" }

    func start(_ clients: [String: Int]) async throws {
        let counts = clients.sorted { $0.key < $1.key }.map { "--\($0.key) \($0.value)" }.joined(separator: " ")
        try await slipway.shell(
            """
            python3 '\(KillSample.root)/bench/load.py' --url http://127.0.0.1:\(port) \(counts) --pace 0.05 --seconds 14400 \
                --json '\(result)' --events '\(events)' --until '\(until)' > '\(slipway.folder)/load.log' 2>&1 &
            """)
        try await slipway.wait("every client of the load to be answered") {
            read(events).contains("all clients answered")
        }
    }

    /// What failed until now, a line each.
    var failures: [Substring] { read(events).split(separator: "\n").filter { $0.contains("\"what\": \"failed\"") } }

    struct Result: Decodable {
        struct Class: Decodable {
            struct Seen: Decodable { var requests: Int }
            var requests: Int
            var failed: Int
            var revisions: [String: Seen]
        }
        var requests: Int
        var failed: Int
        var seconds: Double
        var classes: [String: Class]
    }

    /// Ends it and waits for nothing.
    func stop() { _ = FileManager.default.createFile(atPath: until, contents: nil) }

    func end() async throws -> Result {
        stop()
        try await slipway.wait("the load's result") { FileManager.default.fileExists(atPath: result) }
        return try JSONDecoder().decode(Result.self, from: Data(contentsOf: URL(filePath: result)))
    }

    private func read(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
}
