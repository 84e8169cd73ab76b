/// Sizes and times as configuration files write them.
public enum Quantities {
    /// Bytes: `512m`, `1.5g`, `64 KiB`, `1024`; units are powers of 1024. Nil for anything else.
    public static func bytes(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: #/(-?[0-9]+(?:\.[0-9]+)?)[ ]?([kKmMgGtTpP]?)(?:i?[bB])?/#) else {
            return nil
        }
        let powers = ["": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5]
        guard let number = Double(match.1), let power = powers[match.2.lowercased()] else { return nil }
        let bytes = (0..<power).reduce(number) { size, _ in size * 1024 }
        return abs(bytes) < 9e18 ? Int64(bytes) : nil
    }

    /// Milliseconds: `90s`, `1h30m`, `1.25h`, `500ms`, `10` (seconds). Nil for anything else and for negative times.
    public static func milliseconds(_ text: String) -> Int? {
        if let seconds = Double(text), text.utf8.allSatisfy({ $0 == 46 || (48...57).contains($0) }) {
            return whole(seconds * 1000)
        }
        let units: [Substring: Double] = [
            "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1, "us": 0.001, "ns": 0.000_001,
        ]
        var rest = Substring(text)
        var total = 0.0
        while let match = rest.prefixMatch(of: #/([0-9]+(?:\.[0-9]+)?)(ms|us|ns|d|h|m|s)/#) {
            guard let number = Double(match.1), let unit = units[match.2] else { return nil }
            total += number * unit
            rest = rest[match.range.upperBound...]
        }
        return rest.isEmpty && !text.isEmpty ? whole(total) : nil
    }

    /// Seconds, rounded up, in the same spellings.
    public static func seconds(_ text: String) -> Int? {
        milliseconds(text).map { ($0 + 999) / 1000 }
    }

    private static func whole(_ milliseconds: Double) -> Int? {
        milliseconds >= 0 && milliseconds < 1e15 ? Int(milliseconds.rounded()) : nil
    }
}
