public import Foundation

/// JSON as Slipway's API, its client and its files write it: sorted keys, ISO 8601 times with milliseconds, names as
/// they are in Swift.
public enum JSONCoding {
    public static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(of: date))
        }
        return encoder
    }

    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = date(from: text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(text) is not a time like 2026-01-31T12:00:00.000Z")
            }
            return date
        }
        return decoder
    }

    /// `2026-01-31T12:00:00.123Z`, to the nearest millisecond.
    public static func text(of date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = rest < 0 ? seconds - 1 : seconds
        let fraction = String(1000 + (rest < 0 ? rest + 1000 : rest)).dropFirst()
        let text = Date(timeIntervalSince1970: TimeInterval(whole)).formatted(.iso8601)
        return text.dropLast() + ".\(fraction)Z"
    }

    /// Reads an ISO 8601 time with or without a fraction of a second; nil where it isn't one.
    public static func date(from text: String) -> Date? {
        // By hand: a regular expression would be compiled at each of the thousands of times a second.
        guard let point = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
        let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let fraction = Double("0.\(digits)"),
            let whole = try? Date(text[..<point] + text[digits.endIndex...], strategy: .iso8601)
        else { return nil }
        return whole.addingTimeInterval(fraction)
    }
}
