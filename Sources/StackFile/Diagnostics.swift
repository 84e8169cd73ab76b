public import Model

/// What readers of configuration files have to say, gathered so that all of it is told at once.
public struct Diagnostics: Sendable {
    public private(set) var findings: [Finding] = []

    public init() {}

    init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// Adds an error about `place`.
    public mutating func error(_ place: Place, _ message: String, hint: String? = nil) {
        findings.append(place.finding(.error, message, hint: hint))
    }

    /// Adds a warning about `place`.
    public mutating func warn(_ place: Place, _ message: String, hint: String? = nil) {
        findings.append(place.finding(.warning, message, hint: hint))
    }

    /// Adds findings that came from elsewhere.
    public mutating func add(_ more: [Finding]) {
        findings += more
    }

    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Each once, by file in the order of `files`, then by line and column.
    public func sorted(files: [String]) -> [Finding] {
        let rank = Dictionary(
            files.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Finding> = []
        return findings.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            let a = left.element
            let b = right.element
            let order = (rank[a.file] ?? files.count, a.line, a.column, left.offset)
            return order < (rank[b.file] ?? files.count, b.line, b.column, right.offset)
        }.map(\.element)
    }
}
