internal import Foundation
public import Model

/// One file as it was read.
public struct StackFileSource: Sendable {
    /// As shown to people: `deploy/docker_compose.yml`.
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Whether this is the rancher-compose file, which adds to services that the compose file has.
    var isRancherFile: Bool { name.split(separator: "/").last.map { $0.contains("rancher") } ?? false }

    /// Folder of the file, for paths that are relative to it; nil for the current one.
    var folder: String? { name.lastIndex(of: "/").map { String(name[..<$0]) } }
}

/// How files are read.
public struct StackFileOptions: Sendable {
    /// Values for `${…}` and for `environment:` keys without a value.
    public var environment: [String: String]
    /// Whether a variable that is not set is blank instead of an error.
    public var allowUnset: Bool
    /// What a person can do about a variable that is not set.
    public var unsetHint = "set it, or pass --allow-unset"
    /// What the files are to run on, which then has a say; nil: nobody is asked.
    public var engine: EngineKind?
    /// Reads an `env_file`: its path is relative to where the compose files' names are relative to. Nil where none can
    /// be read.
    public var readFile: (@Sendable (String) -> String?)?

    public init(
        environment: [String: String] = [:], allowUnset: Bool = false,
        readFile: (@Sendable (String) -> String?)? = nil
    ) {
        self.environment = environment
        self.allowUnset = allowUnset
        self.readFile = readFile
    }
}

/// How `upgrade_strategy` says that a service is replaced; nil where it says nothing.
public struct UpgradeStrategy: Hashable, Sendable {
    public var batchSize: Int?
    /// Milliseconds between batches.
    public var interval: Int?
    public var startFirst: Bool?

    public init(batchSize: Int? = nil, interval: Int? = nil, startFirst: Bool? = nil) {
        self.batchSize = batchSize
        self.interval = interval
        self.startFirst = startFirst
    }
}

/// What the files say together.
public struct StackFileResult: Sendable {
    public var spec: StackSpec
    public var warnings: [Finding]
    /// By service name, where `upgrade_strategy` is given.
    public var upgradeStrategies: [String: UpgradeStrategy]
}

/// Reads docker-compose (v1, v2, v3, compose-spec) and rancher-compose files.
public enum StackFiles {
    /// Names of compose files, in the order in which they are looked for.
    public static let composeNames = [
        "docker-compose.yml", "docker-compose.yaml", "docker_compose.yml", "docker_compose.yaml", "compose.yaml",
        "compose.yml",
    ]

    /// Names of rancher-compose files, in the order in which they are looked for.
    public static let rancherNames = [
        "rancher-compose.yml", "rancher-compose.yaml", "rancher_compose.yml", "rancher_compose.yaml",
    ]

    /// After so many findings nobody reads on.
    private static let findingLimit = 500

    /// Reads `sources`, later ones overriding earlier ones; a rancher-compose file is one more of them.
    ///
    /// Throws one `Failure` that holds everything that is wrong, warnings included, sorted by place.
    public static func load(
        _ sources: [StackFileSource], _ options: StackFileOptions = StackFileOptions()
    ) throws(Failure) -> StackFileResult {
        var diagnostics = Diagnostics()
        var merged = ServiceMerge()
        var complete = true
        var sections: [YAMLNode.Pair] = []
        for source in sources {
            guard let document = document(of: source, &diagnostics) else {
                complete = complete && !diagnostics.hasErrors
                continue
            }
            let services = StackDocument.services(in: document, options: options, &diagnostics)
            for service in services { merged.add(service) }
            sections += EngineCheck.sections(of: document)
        }
        var result = StackFileResult(spec: StackSpec(services: []), warnings: [], upgradeStrategies: [:])
        // What a missing variable left behind is no second error.
        let wrong = Set(
            diagnostics.findings.filter { $0.severity == .error }.map { "\($0.file):\($0.line):\($0.column)" })
        for service in merged.services {
            var reader = ServiceReader(service, options: options, known: merged.services)
            reader.read()
            if complete { reader.checkImage() }
            diagnostics.add(
                reader.diagnostics.findings.filter { !wrong.contains("\($0.file):\($0.line):\($0.column)") })
            result.spec.services.append(reader.spec)
            if let strategy = reader.upgradeStrategy { result.upgradeStrategies[service.name] = strategy }
            if diagnostics.findings.count > findingLimit, diagnostics.hasErrors {
                diagnostics.error(service.place, "there are more errors than \(findingLimit); the rest is not shown")
                break
            }
        }
        if merged.services.isEmpty, !diagnostics.hasErrors {
            diagnostics.error(Place(file: sources.first?.name ?? "docker-compose.yml"), "names no service")
        }
        if let engine = options.engine {
            diagnostics = EngineCheck(engine: engine).findings(merged.services, sections: sections, over: diagnostics)
        }
        let findings = diagnostics.sorted(files: sources.map(\.name))
        if let first = findings.first(where: { $0.severity == .error }) {
            throw Failure(.invalid, first.description, findings: findings)
        }
        result.warnings = findings
        return result
    }

    /// The repository of the first image in a compose file's text that is tagged `${REVISION}` or `$REVISION`:
    /// `acme/orders` of `acme/orders:${REVISION}`. Nil where no image is, and where the file can't be read.
    public static func imageRepository(inCompose text: String) -> String? {
        guard let root = try? YAMLReader.read(text, file: ""), let top = root.mapping else { return nil }
        let services = root["services"]?.mapping ?? top
        for service in services {
            guard let image = service.value["image"]?.text else { continue }
            for suffix in [":${REVISION}", ":$REVISION"] where image.hasSuffix(suffix) {
                let name = String(image.dropLast(suffix.count))
                if !name.contains("$"), ImageReference(name)?.name == name { return name }
            }
        }
        return nil
    }

    private static func document(of source: StackFileSource, _ diagnostics: inout Diagnostics) -> YAMLNode? {
        let place = Place(file: source.name)
        if let problem = GoTemplate.finding(in: source) {
            diagnostics.add([problem])
            return nil
        }
        do {
            if let root = try YAMLReader.read(source.text, file: source.name) { return root }
            if source.isRancherFile {
                diagnostics.warn(place, "is empty")
            } else {
                diagnostics.error(place, "is empty: it names no service")
            }
        } catch {
            diagnostics.add(error.findings)
        }
        return nil
    }
}

/// Rancher's catalog files could be Go templates; ours are read as they are.
private enum GoTemplate {
    static func finding(in source: StackFileSource) -> Finding? {
        guard source.text.contains("{{"), !source.text.hasPrefix("# notemplating") else { return nil }
        let pattern =
            #/\{\{-?\s*(if\b|else\b|end\b|range\b|with\b|define\b|template\b|\$|\.Values|\.Stack|\.Release|\.Environment)/#
        for (index, line) in source.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains("{{"), let match = line.firstMatch(of: pattern) else { continue }
            let column = line.distance(from: line.startIndex, to: match.range.lowerBound) + 1
            return Place(file: source.name, line: index + 1, column: column).finding(
                .error, "is a Go template, which Slipway does not evaluate", hint: "render it first")
        }
        return nil
    }
}
