public import Model

/// Files of values for variables and questions: `--answers` and `--env-file`.
public enum Answers {
    /// The values in a file: a flat mapping where its name ends in `.yml`, `.yaml` or `.json`, else lines of `NAME=value`.
    ///
    /// - Parameter lookup: variables that are set, for `${…}` inside lines.
    /// - Throws: `.invalid` with the places of all that is wrong.
    public static func parse(
        _ text: String, file: String, lookup: (String) -> String? = { _ in nil }
    ) throws(Failure) -> [String: String] {
        if [".yml", ".yaml", ".json"].contains(where: file.hasSuffix) { return try mapping(text, file: file) }
        do {
            return try Dotenv.parse(text, lookup: lookup)
        } catch {
            let finding = Place(file: file, line: error.line).finding(.error, error.message)
            throw Failure(.invalid, finding.description, findings: [finding])
        }
    }

    private static func mapping(_ text: String, file: String) throws(Failure) -> [String: String] {
        guard let root = try YAMLReader.read(text, file: file) else { return [:] }
        var diagnostics = Diagnostics()
        var values: [String: String] = [:]
        if root.mapping == nil {
            diagnostics.error(root.place, "must be a mapping of names to values, not \(root.kind)")
        }
        for pair in root.mapping ?? [] {
            guard let value = pair.value.text else {
                diagnostics.error(
                    pair.value.place,
                    "the value of \(pair.key) must be text, a number or true or false, "
                        + "not \(pair.value.kind)")
                continue
            }
            values[pair.key] = pair.value.isNull ? "" : value
        }
        if let first = diagnostics.findings.first {
            throw Failure(.invalid, first.description, findings: diagnostics.findings)
        }
        return values
    }
}
