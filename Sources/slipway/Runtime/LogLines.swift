import Model
import Synchronization

/// Cuts output into lines and puts the names of its containers before them.
///
/// A service's output comes with the number of the container before each line, in colours that are for pages.
final class LogLines: Sendable {
    enum Label: Hashable, Sendable {
        /// Lines begin with the number of one of its containers.
        case service(String)
        case container(String)
    }

    private let label: Label
    private let isAlone: Bool
    private let rest = Mutex<[UInt8]>([])

    /// - Parameter isAlone: nothing else is printed, so that no name is needed.
    init(of label: Label, isAlone: Bool) {
        self.label = label
        self.isAlone = isAlone
    }

    /// What can be printed now: whole lines.
    func add(_ bytes: [UInt8]) -> [UInt8] {
        if case .container = label, isAlone { return bytes }
        return rest.withLock { rest in
            rest += bytes
            guard let end = rest.lastIndex(of: 10) else { return [] }
            defer { rest.removeFirst(end + 1) }
            return rest[..<end].split(separator: 10, omittingEmptySubsequences: false).flatMap(line)
        }
    }

    /// The line that was never ended.
    func finish() -> [UInt8] {
        rest.withLock { rest in
            defer { rest = [] }
            return rest.isEmpty ? [] : line(rest[...])
        }
    }

    private func line(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let (number, text) = Self.marked(line)
        var name = number ?? ""
        switch label {
        case .service(let service): if !isAlone { name = number.map { "\(service)-\($0)" } ?? service }
        case .container(let container): name = container
        }
        return Array("\(Terminal.coloured("\(name) │", like: name)) ".utf8) + text + [10]
    }

    /// The number and the text of `␛[36m2 │␛[0m text`; no number where the line has none.
    static func marked(_ line: ArraySlice<UInt8>) -> (number: String?, text: ArraySlice<UInt8>) {
        let mark = Array(" │\u{1B}[0m ".utf8)
        guard line.first == 0x1B, let start = line.firstIndex(of: 0x6D) else { return (nil, line) }
        let number = line[(start + 1)...].prefix { $0 != 0x20 }
        guard line[number.endIndex...].starts(with: mark) else { return (nil, line) }
        return (String(decoding: number, as: UTF8.self), line[(number.endIndex + mark.count)...])
    }
}
