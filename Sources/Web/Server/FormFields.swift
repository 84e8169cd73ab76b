import Foundation
import Model

/// Reads `application/x-www-form-urlencoded`.
enum FormFields {
    /// The last value of each field. Throws `.tooLarge` where there are more than `most`.
    static func parse(_ text: String, most: Int = 500) throws(Failure) -> [String: String] {
        var fields: [String: String] = [:]
        let pairs = text.split(separator: "&")
        guard pairs.count <= most else { throw Failure(.tooLarge, "The form has more than \(most) fields") }
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[decode(parts[0])] = parts.count > 1 ? decode(parts[1]) : ""
        }
        return fields
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}
