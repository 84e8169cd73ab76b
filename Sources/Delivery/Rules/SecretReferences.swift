import Model

/// A service with its secrets by name instead of by value, so that nothing that is recorded of it, shown or compared
/// holds one. Values are found where the script that read the compose files had them in its environment.
///
/// - Parameters:
///   - given: what the app has in the environment.
///   - app: whose secrets are meant from now on; nil where the service is no app's.
/// - Throws: `.invalid` for a value where everybody would see it, and for a file whose secret there isn't.
func withSecretsByName(
    _ service: ServiceSpec, _ given: GivenSecrets, app: String?, contexts: [String]
) throws(Failure) -> ServiceSpec {
    let hiding = SecretHiding(given)
    if let (place, name) = exposedSecret(in: service, hiding) {
        throw Failure(
            .invalid, "\(service.name): \(place) holds the value of the secret \(name), where everybody would see it",
            hint: "Give it to the service in `environment`, or as a file in `secrets`.")
    }
    var service = service
    var secrets = ServiceSecrets(app: app, contexts: contexts, files: service.secrets?.files ?? [])
    // A variable without a value that is no secret either is left out, as compose does.
    secrets.variables = (service.secrets?.variables ?? [:]).filter { _, text in
        text.names.allSatisfy { given.opened[$0] != nil }
    }
    for (key, value) in service.environment {
        guard let text = hiding.text(of: value) else { continue }
        secrets.variables[key] = text
        service.environment[key] = nil
    }
    for file in secrets.files where given.opened[file.source] == nil {
        let names = given.opened.keys.sorted()
        throw Failure(
            .invalid, "\(service.name): there is no secret \(file.source) for it",
            hint: names.isEmpty
                ? "Set it: slipway secrets set \(file.source) --file" : "There is \(names.joined(separator: ", ")).")
    }
    guard !secrets.names.isEmpty else {
        service.secrets = nil
        return service
    }
    var versions = Fingerprint()
    for name in secrets.names.sorted() { versions.add("\(name)=\(given.opened[name]?.version ?? "");") }
    secrets.version = versions.digits
    service.secrets = secrets
    return service
}

/// The first place outside of variables and files that holds a secret's value.
private func exposedSecret(in service: ServiceSpec, _ hiding: SecretHiding) -> (place: String, secret: String)? {
    var places: [(String, String)] = [("image", service.image)]
    places += service.labels.sorted { $0.key < $1.key }.map { ("the label \($0.key)", $0.value) }
    places += (service.command ?? []).map { ("command", $0) } + (service.entrypoint ?? []).map { ("entrypoint", $0) }
    places += [service.hostname, service.user, service.workingDirectory, service.healthCheck?.requestLine].compactMap {
        $0.map { ("a key", $0) }
    }
    places += (service.extraHosts + service.dns + service.links).map { ("a host", $0) }
    places += service.volumes.flatMap { [$0.source ?? "", $0.target] }.map { ("a volume", $0) }
    places += service.partTexts.map { ("a key", $0) }
    for (place, text) in places {
        if let name = hiding.text(of: text)?.names.first { return (place, name) }
    }
    return nil
}

/// Finds values of secrets in texts.
struct SecretHiding: Sendable {
    /// A shorter value is only known where it is the whole text: a word that stands in others by chance is no secret.
    static let shortestWithin = 8
    /// A shorter value is never known: it is a switch or a number.
    static let shortest = 4

    /// The longest first: of two that begin alike, the one that is there.
    private let secrets: [(name: String, value: String)]

    init(_ given: GivenSecrets) {
        secrets = given.opened.map { ($0.key, $0.value.value) }.filter { $0.1.utf8.count >= Self.shortest }
            .sorted { ($1.1.utf8.count, $0.0) < ($0.1.utf8.count, $1.0) }
    }

    /// The text with names for values; nil where none is in it.
    func text(of text: String) -> SecretText? {
        if let whole = secrets.first(where: { $0.value == text }) { return SecretText([.secret(whole.name)]) }
        var parts: [SecretText.Part] = []
        var rest = text[...]
        while let (range, name) = next(in: rest) {
            if range.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<range.lowerBound]))) }
            parts.append(.secret(name))
            rest = rest[range.upperBound...]
        }
        guard !parts.isEmpty else { return nil }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return SecretText(parts)
    }

    private func next(in text: Substring) -> (Range<Substring.Index>, String)? {
        var found: (Range<Substring.Index>, String)?
        for (name, value) in secrets where value.utf8.count >= Self.shortestWithin {
            guard let range = text.firstRange(of: value) else { continue }
            if found.map({ range.lowerBound < $0.0.lowerBound }) ?? true { found = (range, name) }
        }
        return found
    }
}
