import Foundation
import Model

/// Reads what `git log` prints.
enum GitLog {
    /// Five fields a commit, each ended by NUL, which no message can hold.
    static let format = "--format=%H%x00%an%x00%ae%x00%ct%x00%B%x00"

    /// Commits without sizes, in the order of the log.
    static func commits(_ output: [UInt8]) -> [GitCommit] {
        let fields = output.split(separator: 0, omittingEmptySubsequences: false)
        return stride(from: 0, to: fields.count - 4, by: 5).compactMap { start in
            let texts = fields[start..<start + 5].map { GitText.decode($0) }
            // The separator between two commits stands before the next one's first field.
            guard let sha = SHA(texts[0].trimmingCharacters(in: .newlines)) else { return nil }
            let message = texts[4].trimmingCharacters(in: .newlines)
            let title = message.prefix { !$0.isNewline }
            return GitCommit(
                sha: sha, authorName: texts[1], authorEmail: texts[2],
                committedAt: Date(timeIntervalSince1970: Double(texts[3]) ?? 0), title: String(title),
                body: message.dropFirst(title.count).trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Sizes by commit, from `--format=%H --numstat`: a SHA alone on its line, then `added TAB deleted TAB path`.
    static func sizes(_ output: [UInt8]) -> [SHA: (additions: Int, deletions: Int)] {
        var sizes: [SHA: (additions: Int, deletions: Int)] = [:]
        var current: SHA?
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let columns = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2).map {
                String(decoding: $0, as: UTF8.self)
            }
            if columns.count == 1, let sha = SHA(columns[0]) {
                current = sha
            } else if columns.count == 3, let sha = current {
                sizes[sha, default: (0, 0)].additions += Int(columns[0]) ?? 0
                sizes[sha, default: (0, 0)].deletions += Int(columns[1]) ?? 0
            }
        }
        return sizes
    }
}
