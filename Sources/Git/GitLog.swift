import Foundation
import Model

/// Reads what `git log` prints with ``format`` and `--numstat`.
enum GitLog {
    /// Five fields a commit, each ended by NUL, which no message can hold. The lines of `--numstat` follow.
    static let format = "--format=%H%x00%an%x00%ae%x00%ct%x00%B%x00"

    /// Commits with their sizes, in the order of the log.
    static func commits(_ output: [UInt8]) -> [GitCommit] {
        let fields = output.split(separator: 0, omittingEmptySubsequences: false)
        var commits: [GitCommit] = []
        for start in stride(from: 0, to: fields.count, by: 5) {
            // Before a commit's first field stand the numbers of the one before it.
            let lines = fields[start].split(separator: UInt8(ascii: "\n"))
            let (additions, deletions) = sizes(lines)
            if let last = commits.indices.last {
                commits[last].additions = additions
                commits[last].deletions = deletions
            }
            guard start + 4 < fields.count, let sha = lines.last.flatMap({ SHA(GitText.decode($0)) }) else { continue }
            commits.append(commit(sha, fields[start..<start + 5].map { GitText.decode($0) }))
        }
        return commits
    }

    private static func commit(_ sha: SHA, _ texts: [String]) -> GitCommit {
        let message = texts[4].trimmingCharacters(in: .newlines)
        let title = message.prefix { !$0.isNewline }
        return GitCommit(
            sha: sha, authorName: texts[1], authorEmail: texts[2],
            committedAt: Date(timeIntervalSince1970: Double(texts[3]) ?? 0), title: String(title),
            body: message.dropFirst(title.count).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Sums lines `added TAB deleted TAB path`; binary files have `-` for both.
    private static func sizes(_ lines: [ArraySlice<UInt8>]) -> (additions: Int, deletions: Int) {
        var (additions, deletions) = (0, 0)
        for line in lines {
            let columns = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2)
            guard columns.count == 3 else { continue }
            additions += Int(String(decoding: columns[0], as: UTF8.self)) ?? 0
            deletions += Int(String(decoding: columns[1], as: UTF8.self)) ?? 0
        }
        return (additions, deletions)
    }
}
