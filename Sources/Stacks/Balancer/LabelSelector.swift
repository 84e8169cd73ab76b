/// Chooses services by their labels, in Rancher's grammar: `k = v`, `k != v`, `k`, `k in (a, b)`, `k notin (a, b)`, several
/// with commas between.
public struct LabelSelector: Hashable, Sendable {
    private struct Term: Hashable, Sendable {
        var key: String
        /// Empty: the label is to be there.
        var values: Set<String>
        var isNegated: Bool

        func matches(_ labels: [String: String]) -> Bool {
            guard let value = labels[key] else { return isNegated }
            return values.isEmpty || values.contains(value) != isNegated
        }
    }

    private var terms: [Term]
    /// As it is written.
    public let text: String

    /// Nil for a text that is none.
    public init?(_ text: String) {
        self.text = text
        terms = []
        for part in Self.parts(text) {
            guard let term = Self.term(part) else { return nil }
            terms.append(term)
        }
        guard !terms.isEmpty else { return nil }
    }

    /// Whether all terms hold.
    public func matches(_ labels: [String: String]) -> Bool { terms.allSatisfy { $0.matches(labels) } }

    /// Cuts at the commas that stand in no parentheses.
    private static func parts(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map(\.trimmed).filter { !$0.isEmpty }
    }

    private static func term(_ text: String) -> Term? {
        if let match = text.wholeMatch(of: #/([^\s=!()]+)\s+(in|notin)\s*\(([^()]*)\)/#) {
            let values = Set(match.3.split(separator: ",").map { String($0).trimmed })
            return values.isEmpty ? nil : Term(key: String(match.1), values: values, isNegated: match.2 == "notin")
        }
        if let match = text.wholeMatch(of: #/([^\s=!()]+)\s*(!=|==|=)\s*([^\s=!()]+)/#) {
            return Term(key: String(match.1), values: [String(match.3)], isNegated: match.2 == "!=")
        }
        guard text.wholeMatch(of: #/[^\s=!()]+/#) != nil else { return nil }
        return Term(key: text, values: [], isNegated: false)
    }
}

extension String {
    /// Without white space around it.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
