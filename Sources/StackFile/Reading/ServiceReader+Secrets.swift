internal import Model

/// Secrets as files, in compose-spec's short and long syntaxes.
extension ServiceReader {
    mutating func readSecrets(_ node: YAMLNode) {
        guard let items = node.sequence else { return error(node.place, "secrets must be a list, not \(node.kind)") }
        for item in items {
            guard let file = secretFile(item) else { continue }
            spec.secrets = spec.secrets ?? ServiceSecrets()
            if spec.secrets?.files.contains(where: { $0.target == file.target }) == true {
                error(item.place, "secrets: two of them are \(file.target)")
            } else {
                spec.secrets?.files.append(file)
            }
        }
    }

    private mutating func secretFile(_ node: YAMLNode) -> SecretFile? {
        if node.mapping != nil { checkKeys(node, "secrets", known: ["source", "target", "uid", "gid", "mode"]) }
        guard let source = node.text ?? node["source"]?.text else {
            error(node.place, "secrets: a secret has no source")
            return nil
        }
        guard SecretPlace.isUsable(name: source) else {
            error(
                node.place, "secrets: \"\(source)\" can't be a secret's name",
                hint: "letters, digits and \"_\", no digit first")
            return nil
        }
        var file = SecretFile(source: source)
        if let target = node["target"]?.text {
            file.target = SecretFile.path(target)
            if target.isEmpty || target.hasSuffix("/") || target.split(separator: "/").contains("..") {
                error(node["target"]?.place ?? node.place, "secrets: \"\(target)\" is no path of a file")
            }
        }
        file.uid = number(node["uid"], "uid", 0...2_097_151) ?? 0
        file.gid = number(node["gid"], "gid", 0...2_097_151) ?? 0
        if let mode = node["mode"] {
            // YAML 1.1 and 1.2 write octal numbers differently; both are meant as permission bits.
            let digits = (mode.text ?? "").trimmingPrefix("0o").drop { $0 == "0" }
            if let bits = Int(digits.isEmpty ? "0" : digits, radix: 8), (0...0o777).contains(bits) {
                file.mode = bits
            } else {
                error(mode.place, "secrets: mode must be permission bits like 0400, not \(mode.kind)")
            }
        }
        return file
    }

    private mutating func number(_ node: YAMLNode?, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        if let number = node.text.flatMap({ Int($0) }), range.contains(number) { return number }
        error(node.place, "secrets: \(key) must be a number, not \(node.kind)")
        return nil
    }
}
