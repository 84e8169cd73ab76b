import Client
import Foundation
import Glibc
import Model
import Stacks
import UnixSignals

/// A command in a container, with this process's input and output as its own.
struct RemoteCommand {
    private struct Body: Codable {
        var command: [String]
        var tty: Bool
        var rows: Int?
        var columns: Int?
        var term: String?
        var user: String?
        var workingDirectory: String?
    }

    private struct Input: Codable {
        var data: String
        var at: Int
        var end: Bool
    }

    private struct Size: Codable {
        var rows: Int
        var columns: Int
    }

    let client: SlipwayClient
    /// Address of the environment.
    let environment: String
    let sendsInput: Bool
    let tty: Bool

    /// Runs it to its end; returns its exit status. Throws why it was ended, where it did not end by itself.
    func run(
        _ command: [String], in container: String, user: String?, workingDirectory: String?
    ) async throws -> Int32 {
        let size = tty ? LocalTerminal.size : nil
        let body = Body(
            command: command, tty: tty, rows: size?.rows, columns: size?.columns,
            term: tty ? ProcessInfo.processInfo.environment["TERM"] : nil, user: user,
            workingDirectory: workingDirectory)
        let begun: TerminalView = try await client.post(
            "\(environment)/containers/\(segment(container))/terminals", body)
        let path = "\(environment)/terminals/\(begun.id)"
        let view: TerminalView
        do {
            view = try await follow(path)
        } catch {
            // Whatever happened here, nothing goes on there.
            try? await client.delete(path)
            throw error
        }
        if let status = view.exitStatus { return Int32(truncatingIfNeeded: status) }
        throw Failure(.failed, "The command was ended", cause: view.reason)
    }

    private func follow(_ path: String) async throws -> TerminalView {
        let raw = tty ? try LocalTerminal.makeRaw() : nil
        defer { raw?.restore() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if sendsInput || tty {
                group.addTask { try await type(path) }
            } else {
                try await client.post("\(path)/input", Input(data: "", at: 0, end: true))
            }
            if tty { group.addTask { try await watchSize(path) } }
            if !tty { group.addTask { try await watchInterrupts(path) } }
            defer { group.cancelAll() }
            return try await read(path)
        }
    }

    /// Prints what it writes, over lost connections, until it has ended.
    private func read(_ path: String) async throws -> TerminalView {
        let output = RemoteOutput(tty: tty)
        while true {
            do {
                try await client.stream("\(path)/output?offset=\(output.offset)") { output.add($0) }
            } catch let failure as Failure where failure.code != .unavailable {
                throw failure
            } catch {
                // The connection ended; the next call says whether the server is there.
            }
            let view: TerminalView = try await client.get(path)
            if view.endedAt != nil {
                try? await client.stream("\(path)/output?offset=\(output.offset)") { output.add($0) }
                return view
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Hands on what is typed here, in pieces of their own order.
    private func type(_ path: String) async throws {
        var at = 0
        for await bytes in LocalTerminal.input {
            let input = Input(data: Data(bytes).base64EncodedString(), at: at, end: bytes.isEmpty)
            do {
                try await client.post("\(path)/input", input)
            } catch let failure as Failure where failure.code == .conflict || failure.code == .notFound {
                return  // It has ended.
            }
            at += bytes.count
        }
    }

    private func watchSize(_ path: String) async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigwinch) {
            guard let size = LocalTerminal.size else { continue }
            let _: TerminalView? = try? await client.put(
                "\(path)/size", Size(rows: size.rows, columns: size.columns))
        }
    }

    /// Ctrl-C ends the command there, too.
    private func watchInterrupts(_ path: String) async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { try await client.delete(path) }
    }
}
