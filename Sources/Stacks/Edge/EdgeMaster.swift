import Foundation
import HTTPTransport
import Model

/// The socket of HAProxy's master. It reaches every worker: the one that takes connections, and those that an earlier
/// configuration left with open ones, which must hear of every change too.
struct EdgeMaster: Sendable {
    let socket: String

    /// What each worker says of itself. Throws when the master doesn't answer, as for some 100 ms of a reload.
    func workers() async throws -> [EdgeWorker] {
        var workers = EdgeWorker.list(try await ask("show proc"))
        for index in workers.indices {
            let pid = workers[index].pid
            // One that ends just now has nothing left to tell.
            guard let statistics = try? await tell("show stat", worker: pid) else { continue }
            workers[index].state = EdgeState(statistics: statistics)
            guard workers[index].state.servers.values.contains(where: { $0.status.hasPrefix("DOWN") }) else { continue }
            // `show stat` doesn't tell of one that is down whether it drains.
            if let table = try? await tell("show servers state", worker: pid) {
                workers[index].state.readAdministration(table)
            }
        }
        return workers
    }

    /// One line for one worker, and its answer without the empty line at the end.
    func tell(_ line: String, worker: Int32) async throws -> String {
        try await ask("@!\(worker) \(line)")
    }

    /// Has HAProxy read its configuration again; it answers nothing.
    func reload() async throws {
        _ = try await exchange("reload")
    }

    /// A question to the master or a worker. Not every answer ends with an empty line: the master is told to close.
    private func ask(_ line: String) async throws -> String {
        let answer = try await exchange(line + "\nquit")
        guard answer.hasSuffix("\n") else { throw Failure(.unavailable, "The edge broke off its answer to `\(line)`") }
        // By the byte: an answer may be long, and comes with every look.
        let isText = { (byte: UInt8) in byte != UInt8(ascii: "\n") }
        guard let first = answer.utf8.firstIndex(where: isText), let last = answer.utf8.lastIndex(where: isText) else {
            return ""
        }
        return String(answer[first...last])
    }

    private func exchange(_ line: String) async throws -> String {
        try await SocketExchange(endpoint: .unixSocket(socket)).exchange(line + "\n", timeout: .seconds(10))
    }
}
