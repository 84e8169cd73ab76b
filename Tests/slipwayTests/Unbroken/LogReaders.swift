import Foundation
import HTTPTransport
import Model
import Synchronization
import Testing

@testable import Client
@testable import Web
@testable import slipway

/// Readers that follow every step's log while the server dies and comes back: one over the API, which knows its offset,
/// and one over server-sent events, which knows the last event's id.
final class LogReaders: Sendable {
    /// `builds/3` or `deploys/5`.
    let owner: String
    private let slipway: Installation
    private let tasks: Mutex<[Task<(bytes: [UInt8], lines: String), any Error>]> = Mutex([])

    init(_ owner: String, of slipway: Installation, steps: Int) {
        self.owner = owner
        self.slipway = slipway
        tasks.withLock { tasks in
            tasks = (0..<steps).map { index in
                Task {
                    async let lines = self.lines(of: index)
                    return (try await self.bytes(of: index), try await lines)
                }
            }
        }
    }

    /// Ends all of them.
    func cancel() {
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }

    /// Waits for the readers and compares what they have with the log as it is.
    func check(_ what: String) async throws {
        for (index, task) in tasks.withLock({ $0 }).enumerated() {
            let (bytes, lines) = try await task.value
            let log = try await slipway.client().bytes("/\(owner)/steps/\(index)/log")
            let text = String(decoding: log, as: UTF8.self)
            #expect(bytes == log, "\(what): a reader of \(owner)/steps/\(index) has other bytes than the log: \(text)")
            let whole = LogFragment(log, from: LogCursor(offset: 0), ended: true).lines.text
            #expect(lines == whole, "\(what): events of \(owner)/steps/\(index) don't make up the log: \(text)")
        }
    }

    private func bytes(of index: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in try slipway.client().log("/\(owner)/steps/\(index)/log") { bytes += chunk.bytes }
        return bytes
    }

    private func lines(of index: Int) async throws -> String {
        let http = HTTPClient(endpoint: .unixSocket(slipway.data.socket))
        let path = "/\(owner)/steps/\(index)/log/live?offset=0"
        var (lines, lastID) = ("", nil as String?)
        while true {
            try Task.checkCancellation()
            do {
                let headers = lastID.map { [("Last-Event-ID", $0)] } ?? []
                let stream = try await http.stream(HTTPRequest(method: "GET", path: path, headers: headers))
                var parser = ServerEventParser()
                for try await chunk in stream.chunks {
                    for event in parser.parse(chunk) {
                        if event.name == "end" { return lines }
                        lines += Self.withoutPart(event.data)
                        lastID = event.id ?? lastID
                    }
                }
            } catch let error as HTTPTransportError {
                _ = error
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The line that is being written comes again as a whole one.
    private static func withoutPart(_ html: String) -> String {
        html.range(of: "<div class=\"l part\">").map { String(html[..<$0.lowerBound]) } ?? html
    }
}
