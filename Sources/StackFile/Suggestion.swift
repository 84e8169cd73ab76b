/// "did you mean": the name nearest to what was written.
public enum Suggestion {
    /// The one of `names` that differs least from `word`, if it is near enough to be meant.
    public static func nearest(to word: String, in names: some Sequence<String>) -> String? {
        let wanted = folded(word)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        let limit = max(1, wanted.count / 3)
        let near = names.map { (name: $0, distance: distance(wanted, folded($0))) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return near.flatMap { $0.distance <= limit ? $0.name : nil }
    }

    /// `did you mean "x"?`, or `known: a, b, c` where nothing is near and the list is short, or nil.
    public static func hint(for word: String, in names: some Collection<String>) -> String? {
        if let name = nearest(to: word, in: names) { return "did you mean \"\(name)\"?" }
        return names.isEmpty || names.count > 24 ? nil : "valid here: \(names.sorted().joined(separator: ", "))"
    }

    private static func folded(_ word: String) -> [Character] {
        Array(word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
    }

    /// Levenshtein's distance, with a swap of neighbours counted once.
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
