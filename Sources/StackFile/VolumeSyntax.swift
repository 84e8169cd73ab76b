internal import Model

/// `[source:]target[:options]`.
enum VolumeSyntax {
    /// The mount, and options that it does not hold.
    static func parse(_ text: String) throws(SyntaxProblem) -> (mount: VolumeMount, options: [String]) {
        guard !text.isEmpty else { throw SyntaxProblem("the volume is empty") }
        let parts = split(text)
        guard parts.count <= 3 else { throw SyntaxProblem("\"\(text)\" has too many colons") }
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            throw SyntaxProblem("\"\(text)\" has an empty section between colons")
        }
        guard parts.count > 1 else { return (VolumeMount(source: nil, target: try absolute(parts[0])), []) }
        if parts.count == 2, isOptions(parts[1]) {
            return try mount(source: nil, target: parts[0], options: parts[1])
        }
        return try mount(source: parts[0], target: parts[1], options: parts.count == 3 ? parts[2] : "")
    }

    private static func mount(
        source: String?, target: String, options: String
    ) throws(SyntaxProblem) -> (mount: VolumeMount, options: [String]) {
        let options = options.split(separator: ",").map(String.init)
        let mount = VolumeMount(source: source, target: try absolute(target), readOnly: options.contains("ro"))
        return (mount, options.filter { $0 != "ro" && $0 != "rw" })
    }

    private static func absolute(_ path: String) throws(SyntaxProblem) -> String {
        guard path.hasPrefix("/") else {
            throw SyntaxProblem("\"\(path)\" is not an absolute path in the container")
        }
        return path
    }

    private static func isOptions(_ text: String) -> Bool {
        !text.hasPrefix("/") && text.split(separator: ",").allSatisfy { ["ro", "rw", "z", "Z"].contains($0) }
    }

    /// Splits at colons, but not inside `${…}`.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        var previous: Character = " "
        for character in text {
            if character == "{", previous == "$" { depth += 1 }
            if character == "}", depth > 0 { depth -= 1 }
            if character == ":", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            previous = character
        }
        return parts
    }
}
