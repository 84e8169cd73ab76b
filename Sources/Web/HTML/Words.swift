import Foundation

/// Numbers and times as people say them.
enum Words {
    /// "just now", "3 min ago", "in 5 min", "yesterday"-free and never longer than three words.
    static func ago(_ date: Date, now: Date) -> String {
        let seconds = Int(now.timeIntervalSince(date).rounded(.down))
        if abs(seconds) < 10 { return "just now" }
        let span = unit(abs(seconds))
        return seconds < 0 ? "in \(span)" : "\(span) ago"
    }

    private static func unit(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h"
        case ..<(86_400 * 60): "\(seconds / 86_400) d"
        case ..<(86_400 * 730): "\(seconds / (86_400 * 30)) months"
        default: "\(seconds / (86_400 * 365)) years"
        }
    }

    /// "0.4 s", "12 s", "2 min 13 s", "1 h 4 min".
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        switch seconds {
        case ..<0: return "0 s"
        case ..<9.95: return "\((seconds * 10).rounded() / 10) s".replacing(".0 s", with: " s")
        case ..<59.5: return "\(whole) s"
        case ..<3600: return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        }
    }

    /// "2026-11-23 11:50:14 UTC".
    static func exact(_ date: Date) -> String {
        date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// Full SHAs and digests as the 7 and 12 digits that people compare.
    static func shortened(_ text: String) -> String {
        text.replacing(#/\b[0-9a-f]{64}\b/#.wordBoundaryKind(.simple)) { $0.output.prefix(12) }
            .replacing(#/\b[0-9a-f]{40}\b/#.wordBoundaryKind(.simple)) { $0.output.prefix(7) }
    }

    /// "1 commit", "3 commits".
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// "812 B", "14 KB", "50 MB".
    static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count) B"
        case ..<1_000_000: "\(count / 1000) KB"
        case ..<10_000_000_000: "\(count / 1_000_000) MB"
        default: "\(count / 1_000_000_000) GB"
        }
    }

    /// "500 ms", "2 s", "1 min".
    static func milliseconds(_ count: Int) -> String {
        count < 1000 ? "\(count) ms" : duration(Double(count) / 1000)
    }

    /// "0.04", "1.5", "12": two digits after the point where the number is small.
    static func decimal(_ number: Double) -> String {
        let places = number < 1 ? 100.0 : number < 10 ? 10 : 1
        let text = String((number * places).rounded() / places)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The first letters of the first and the last name, for a round picture.
    static func initials(_ name: String) -> String {
        let words = name.split(whereSeparator: { $0 == " " || $0 == "." || $0 == "-" || $0 == "_" })
        let letters = [words.first, words.count > 1 ? words.last : nil].compactMap { $0?.first }
        return letters.isEmpty ? "?" : String(letters).uppercased()
    }
}
