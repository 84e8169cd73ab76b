/// The one error type of Slipway: what went wrong, in a sentence for a person, and how to mend it.
///
/// HTTP status and exit status follow from the code, here and nowhere else.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The command or request can't be understood.
        case usage
        /// A file, a value or a name is wrong.
        case invalid
        case notFound = "not-found"
        /// The request doesn't fit the present state.
        case conflict
        case unauthorized
        case forbidden
        /// The request's method is none that the path knows.
        case methodNotAllowed = "method-not-allowed"
        /// The request is for another server than this one, by the name that it calls it.
        case misdirected
        /// The request, or what it carries, is larger than is taken.
        case tooLarge = "too-large"
        /// The request carries something of a kind that isn't read.
        case unsupportedMediaType = "unsupported-media-type"
        /// There were too many of these; later there may be more.
        case tooMany = "too-many"
        /// A part that Slipway needs (engine, registry, git remote, disk) doesn't answer.
        case unavailable
        case timedOut = "timed-out"
        /// A command or a container failed.
        case failed
        /// A deploy failed and was rolled back.
        case rolledBack = "rolled-back"
        /// A defect of Slipway.
        case `internal`
    }

    public var code: Code
    /// One sentence: names the thing, the value and what is wrong with it.
    public var message: String
    /// How to mend it.
    public var hint: String?
    /// What the part underneath said, word for word.
    public var cause: String?
    /// Places in files, where there are any.
    public var findings: [Finding]

    public init(
        _ code: Code, _ message: String, hint: String? = nil, cause: String? = nil, findings: [Finding] = []
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
        self.findings = findings
    }

    public var description: String {
        var text = findings.isEmpty ? message : findings.map(\.description).joined(separator: "\n")
        if let cause, !cause.isEmpty { text += ": \(cause)" }
        if let hint, !hint.isEmpty { text += "\n  \(hint)" }
        return text
    }

    /// RFC 9110 status of an API answer that carries this failure.
    public var httpStatus: Int { code.httpStatus }

    /// Exit status of a command that ends with this failure: 1 error, 2 usage, 3 failed and rolled back, 4 timed out.
    public var exitStatus: Int32 {
        switch code {
        case .usage: 2
        case .rolledBack: 3
        case .timedOut: 4
        default: 1
        }
    }
}

extension Failure.Code {
    /// RFC 9110 status of an API answer that carries a failure of this code.
    public var httpStatus: Int {
        switch self {
        case .usage: 400
        case .invalid: 422
        case .notFound: 404
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .conflict, .rolledBack: 409
        case .unauthorized: 401
        case .forbidden: 403
        case .methodNotAllowed: 405
        case .misdirected: 421
        case .tooMany: 429
        case .unavailable: 503
        case .timedOut: 504
        case .failed, .internal: 500
        }
    }
}
