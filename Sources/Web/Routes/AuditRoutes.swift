import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore

/// Who did what: a page, and the whole log as JSON lines.
struct AuditRoutes: Sendable {
    private static let pageSize = 100
    private static let pieceSize = 500

    let services: WebServices

    var routes: [Route] {
        [.get("/audit", .right(.administer, .server)) { request, context in try await page(request, context) }]
    }

    private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        func given(_ name: String) -> String? {
            request.uri.queryParameters[Substring(name)].flatMap { $0.isEmpty ? nil : String($0) }
        }
        let filter = AuditFilter(
            actor: given("actor"), action: given("action"),
            outcome: given("outcome").flatMap(AuditEntry.Outcome.init), app: given("app"),
            environment: given("environment"), before: request.number("before"))
        let entries = try await services.access.audit.entries(filter, limit: Self.pageSize + 1)
        let shown = Array(entries.prefix(Self.pageSize))
        let page = AuditPage(
            entries: shown, filter: filter, cursor: entries.count > shown.count ? shown.last?.id : nil)
        return .page(page.render(try await services.page(context)))
    }

    /// An entry a line, newest first, read piece by piece.
    func export(_ filter: AuditFilter, _ request: Request, _ context: WebContext) throws -> Response {
        try .stream("application/jsonl", of: request, context) { writer in
            var filter = filter
            while true {
                let entries = try await services.access.audit.entries(filter, limit: Self.pieceSize)
                guard let last = entries.last else { return nil }
                var buffer = ByteBuffer()
                for entry in entries {
                    buffer.writeBytes(try JSONCoding.encoder.encode(entry))
                    buffer.writeString("\n")
                }
                try await writer.write(buffer)
                filter.before = last.id
            }
        }
    }
}
