public import Model

/// A place in a file, as a person counts: lines and columns from 1; 0 where unknown.
public struct Place: Hashable, Sendable {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// A finding about this place.
    public func finding(_ severity: Finding.Severity, _ message: String, hint: String? = nil) -> Finding {
        Finding(file: file, line: line, column: column, severity: severity, message: message, hint: hint)
    }
}
