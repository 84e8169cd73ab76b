import Access
import Engines
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import ServiceLifecycle
import Stacks

/// Commands in containers: begun by one call, read as a stream, typed to by others. Each call passes the gate, so that a
/// session or a token that ends, ends here too.
extension API {
    struct NewTerminal: Decodable, Sendable {
        var command: [String]
        var tty: Bool?
        var rows: Int?
        var columns: Int?
        var term: String?
        var user: String?
        var workingDirectory: String?
    }

    struct TerminalInput: Decodable, Sendable {
        /// In base64.
        var data: String
        var at: Int
        var end: Bool?
    }

    struct TerminalSize: Decodable, Sendable {
        var rows: Int
        var columns: Int
    }

    private static let terminalPath = "/environments/{environment}/terminals/{terminal}"
    private static let size: ClosedRange<Int64> = 1...1000

    static let terminalRoutes: [APIRoute] = [
        APIRoute(
            method: .post, path: "/environments/{environment}/containers/{container}/terminals",
            access: .right(.exec, .environment), action: "container.exec",
            summary: "Runs a command in a container",
            body: .of(
                NewTerminal.self,
                [
                    .list("command", "The program and its arguments; no shell reads them."),
                    .number("rows", "Size of the terminal; 24 rows and 80 columns without it.", size),
                    .number("columns", "The same.", size),
                    .text("term", "Kind of the terminal, for TERM; xterm-256color without it.", longest: 60),
                    .text("user", "As whom; the container's own user without it.", longest: 100),
                    .text("workingDirectory", "Where; the container's own without it.", longest: 1000),
                ]), status: .created, answer: TerminalView.self, problems: [.unavailable, .tooMany]
        ) { try await begin($0) },
        APIRoute(
            method: .get, path: terminalPath, access: .right(.exec, .environment),
            summary: "A command of one's own in a container: whether it runs, and how it ended",
            answer: TerminalView.self
        ) { try await session($0).view },
        APIRoute(
            path: "\(terminalPath)/output", access: .right(.exec, .environment),
            summary: "What it writes, until it has ended or another reader comes",
            query: [.number("offset", "The first byte.", 0...Int64.max)], media: "application/octet-stream",
            text: """
                Bytes of its terminal; without one, frames: a byte for the stream (1 output, 2 errors), three of zero, \
                four for the length, and so many bytes.
                """
        ) { try await output($0) },
        APIRoute(
            method: .post, path: "\(terminalPath)/input", access: .right(.exec, .environment), action: "container.type",
            summary: "Types",
            body: .of(
                TerminalInput.self,
                [
                    .text("data", "What is typed, in base64.", longest: 200_000),
                    .number(
                        "at", "How many bytes were typed before; what was typed already is left out.", 0...Int64.max),
                    .flag("end", "Whether standard input ends here."),
                ]), answer: TerminalView.self, isKept: false
        ) { call in
            // What people type is nobody's business.
            call.context.note.set { $0.isSkipped = true }
            let input = try await call.body(TerminalInput.self)
            guard let data = Data(base64Encoded: input.data) else {
                throw Failure(.invalid, "data is not base64")
            }
            let session = try await session(call)
            try await session.type([UInt8](data), at: input.at, isLast: input.end ?? false)
            return await session.view
        },
        APIRoute(
            method: .put, path: "\(terminalPath)/size", access: .right(.exec, .environment), action: "container.resize",
            summary: "Says how large the terminal is",
            body: .of(TerminalSize.self, [.number("rows", "Lines.", size), .number("columns", "Letters.", size)]),
            answer: TerminalView.self, isKept: false
        ) { call in
            call.context.note.set { $0.isSkipped = true }
            let wish = try await call.body(TerminalSize.self)
            let session = try await session(call)
            try await session.resize(rows: wish.rows, columns: wish.columns)
            return await session.view
        },
        APIRoute(
            method: .delete, path: terminalPath, access: .right(.exec, .environment), action: "container.hang-up",
            summary: "Ends it"
        ) { call in
            // Its end is recorded, whoever brings it about.
            call.context.note.set { $0.isSkipped = true }
            try await end(call, because: "it was closed")
        },
    ]

    private static func owner(_ call: APICall) -> String { call.context.principal?.actor.key ?? "" }

    private static func session(_ call: APICall) async throws -> TerminalSession {
        try await call.services.terminals.session(
            try call.path("terminal"), of: owner(call), in: try await call.environment())
    }

    private static func end(_ call: APICall, because reason: String) async throws {
        try await call.services.terminals.end(
            try call.path("terminal"), of: owner(call), in: try await call.environment(), because: reason)
    }

    private static func begin(_ call: APICall) async throws -> TerminalView {
        let wish = try await call.body(NewTerminal.self)
        let (environment, name) = (try await call.environment(), try call.path("container"))
        let isTerminal = wish.tty ?? true
        let plan = ExecPlan(
            command: wish.command, tty: isTerminal, rows: wish.rows ?? 24, columns: wish.columns ?? 80,
            environment: isTerminal ? ["TERM=\(wish.term ?? "xterm-256color")"] : [], user: wish.user,
            workingDirectory: wish.workingDirectory)
        call.context.note.set { $0.subject = name }
        call.context.note.added(ExecNote(command: wish.command, tty: isTerminal))
        let (services, context) = (call.services, call.context)
        let view = try await services.terminals.begin(
            for: owner(call), in: environment, plan, onEnd: { await recordEnd(of: $0, services, context) },
            { try await services.stacks.exec(plan, container: name, in: environment) })
        call.context.note.set { $0.subject = view.container }
        return view
    }

    private static func output(_ call: APICall) async throws -> Response {
        let session = try await session(call)
        let first = try call.number("offset") ?? 0
        return try .stream("application/octet-stream", of: call.request, call.context) { writer in
            var offset = first
            do {
                for await _ in await session.attach().cancelOnGracefulShutdown() {
                    while true {
                        let chunk = try await session.output(from: offset)
                        if !chunk.bytes.isEmpty { try await writer.write(ByteBuffer(bytes: chunk.bytes)) }
                        offset = chunk.next
                        if chunk.isLast { return nil }
                        if chunk.bytes.isEmpty { break }
                    }
                    try await writer.check()
                }
            } catch let failure as Failure where failure.code == .forbidden {
                // Who may no longer, may not leave anything running either.
                try await end(call, because: failure.message)
                throw failure
            }
            return nil
        }
    }

    /// The second entry of the audit log about a command: how long it ran, and how it ended.
    private static func recordEnd(of view: TerminalView, _ services: WebServices, _ context: WebContext) async {
        guard let actor = context.principal?.actor else { return }
        let note = ExecEndNote(
            command: view.command, seconds: Int((view.endedAt ?? services.now()).timeIntervalSince(view.startedAt)),
            exitStatus: view.exitStatus, reason: view.reason)
        let text = (try? JSONCoding.encoder.encode(note)).map { String(decoding: $0, as: UTF8.self) }
        let entry = AuditEntry(
            at: services.now(), actor: String(actor.name.prefix(100)), kind: actor.kindName, address: context.address,
            action: "container.exec-end", outcome: .done, environment: view.environment, subject: view.container,
            after: text)
        do {
            try await services.access.audit.record(entry)
        } catch {
            services.logger.error("The end of a command of \(actor.name) is missing in the audit log: \(error)")
        }
    }
}

/// What the audit log holds of a command that is begun.
private struct ExecNote: Encodable, Sendable {
    var command: [String]
    var tty: Bool
}

private struct ExecEndNote: Encodable, Sendable {
    var command: [String]
    var seconds: Int
    var exitStatus: Int?
    var reason: String?
}
