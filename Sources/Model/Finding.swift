/// Something that a reader of a repository's files has to say about a place in one of them.
public struct Finding: Hashable, Sendable, Codable, CustomStringConvertible {
    public enum Severity: String, Sendable, Codable, CaseIterable { case error, warning }

    /// Path as the person would write it, relative to the repository.
    public var file: String
    /// 1-based; 0 when the finding is about the whole file.
    public var line: Int
    /// 1-based; 0 when unknown.
    public var column: Int
    public var severity: Severity
    public var message: String
    /// "did you mean …", or how to mend it.
    public var hint: String?

    public init(
        file: String, line: Int = 0, column: Int = 0, severity: Severity = .error, message: String, hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.severity = severity
        self.message = message
        self.hint = hint
    }

    /// `file:line:column: error: message (hint)`, which editors and forges can parse.
    public var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}
