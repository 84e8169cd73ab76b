import Foundation
import Model
import Synchronization

/// What a handler adds to the audit log's entry of its request. Never a secret.
final class AuditNote: Sendable {
    struct Value: Sendable {
        /// Where nobody is signed in yet: the name that was given.
        var actor: String?
        var app: String?
        var environment: String?
        var subject: String?
        var before: String?
        var after: String?
        /// Nothing shall be recorded.
        var isSkipped = false
    }

    private let state = Mutex(Value())

    var value: Value { state.withLock { $0 } }

    func set(_ body: @Sendable (inout Value) -> Void) { state.withLock { body(&$0) } }

    /// What was before and what came of it, as JSON.
    func change(from before: (some Encodable & Sendable)?, to after: (some Encodable & Sendable)?) {
        let texts = (before.flatMap(Self.json), after.flatMap(Self.json))
        set { ($0.before, $0.after) = texts }
    }

    func added(_ after: some Encodable & Sendable) { change(from: String?.none, to: after) }

    func removed(_ before: some Encodable & Sendable) { change(from: before, to: String?.none) }

    private static func json(_ value: some Encodable) -> String? {
        (try? JSONCoding.encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }
}
