import Foundation
import Glibc
import Model

/// Printing for people: colours only on a terminal, and only where `NO_COLOR` is not set.
enum Terminal {
    enum Style: String {
        case green = "32"
        case red = "31"
        case yellow = "33"
        case blue = "34"
        case faint = "2"
        case bold = "1"
    }

    static let isInteractive = isatty(STDOUT_FILENO) == 1
    private static let hasColour = isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// A line on standard output.
    static func print(_ text: String = "") {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Text on standard output as it is.
    static func write(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }

    /// A line on standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func styled(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The text in one of eight colours, the same for the same name on every day and every machine.
    static func coloured(_ text: String, like name: String) -> String {
        let colours = [36, 33, 35, 32, 34, 96, 93, 95]
        let colour = colours[Int(Fingerprint(name).value % UInt64(colours.count))]
        return hasColour ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    /// Columns with two spaces between, as wide as their widest cell.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            row.indices.map { column in
                column == row.count - 1
                    ? row[column] : row[column].padding(toLength: widths[column] + 2, withPad: " ", startingAt: 0)
            }.joined()
        }.joined(separator: "\n")
    }
}
