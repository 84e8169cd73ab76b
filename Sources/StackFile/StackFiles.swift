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
    public var warnings: [Finding] = []
    /// Errors about what was read into ``spec`` and no engine carries out yet. It can be shown; to bring it up would run
    /// something else than the files say.
    public var notCarriedOut: [Finding] = []
    /// By service name, where `upgrade_strategy` is given.
    public var upgradeStrategies: [String: UpgradeStrategy] = [:]
    /// Every key that the files give a service, and where.
    public var keys: [StackFileKey] = []
    /// What a catalog asks for; nil where the files are of none.
    public var catalog: Catalog?
}

/// A key of a service and where it stands.
public struct StackFileKey: Hashable, Sendable {
    public var service: String
    public var key: String
    public var place: Place
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
        var catalog = CatalogReader(sources)
        let options = prepared(options, &catalog, beside: sources.first?.name ?? "")
        var reader = SourceReader(options: options, template: TemplateValues(options))
        reader.diagnostics = catalog.diagnostics
        for source in sources { reader.read(source) }
        var result = StackFileResult(spec: StackSpec(services: []), catalog: catalog.catalog)
        var diagnostics = reader.diagnostics
        var waiting = Diagnostics()
        SectionReader.read(reader.merged.sections, options, into: &result.spec, &diagnostics)
        readServices(reader, options, into: &result, &diagnostics, &waiting)
        if result.spec.services.isEmpty, !options.allowsNoService, !diagnostics.hasErrors {
            diagnostics.error(Place(file: sources.first?.name ?? "docker-compose.yml"), "names no service")
        }
        if let engine = options.engine {
            let own = EngineCheck(engine: engine).findings(reader.merged.services, sections: reader.merged.sections)
            EngineCheck.lay(own, over: &diagnostics, &waiting)
        }
        let files = sources.map(\.name)
        let findings = diagnostics.sorted(files: files)
        if let first = findings.first(where: { $0.severity == .error }) {
            diagnostics.add(waiting.findings)
            throw Failure(.invalid, first.description, findings: diagnostics.sorted(files: files))
        }
        result.warnings = findings
        result.notCarriedOut = waiting.sorted(files: files)
        return result
    }

    /// The options with everything in their environment that variables may mean: answers, defaults of questions, `.env`.
    private static func prepared(
        _ options: StackFileOptions, _ catalog: inout CatalogReader, beside file: String
    ) -> StackFileOptions {
        var options = options
        var dotenv: [String: String] = [:]
        let path = FilePath.resolved(".env", beside: file)
        if let text = options.readFile?(path) {
            do {
                let environment = options.environment
                dotenv = try Dotenv.parse(text) { environment[$0] }
            } catch {
                catalog.diagnostics.error(Place(file: path, line: error.line), error.message)
            }
        }
        options.environment = catalog.environment(options, dotenv: dotenv)
        options.release.version = catalog.catalog?.version ?? options.release.version
        options.questions = Set((catalog.catalog?.questions ?? []).map(\.variable))
        return options
    }

    private static func readServices(
        _ source: SourceReader, _ options: StackFileOptions, into result: inout StackFileResult,
        _ diagnostics: inout Diagnostics, _ waiting: inout Diagnostics
    ) {
        // What a missing variable left behind is no second error.
        let wrong = Set(
            diagnostics.findings.filter { $0.severity == .error }.map { "\($0.file):\($0.line):\($0.column)" })
        for service in source.merged.services {
            if !service.isDefined, source.hasTemplates, service["image"] == nil {
                diagnostics.warn(
                    service.place, "service \"\(service.name)\" is in no compose file: what it says here is not used")
                continue
            }
            if let profiles = missingProfiles(of: service, options) {
                diagnostics.warn(
                    service.place, "service \"\(service.name)\" is left out: its profiles are not asked for",
                    hint: "COMPOSE_PROFILES=\(profiles)")
                continue
            }
            var reader = ServiceReader(service, options: options, known: source.merged.services)
            reader.read()
            if source.isComplete {
                reader.checkImage()
                reader.take(from: result.spec)
            }
            diagnostics.add(
                reader.diagnostics.findings.filter { !wrong.contains("\($0.file):\($0.line):\($0.column)") })
            waiting.add(reader.waiting.findings)
            result.spec.services.append(reader.spec)
            result.keys += service.keys.map { StackFileKey(service: service.name, key: $0.key, place: $0.keyPlace) }
            if let strategy = reader.upgradeStrategy { result.upgradeStrategies[service.name] = strategy }
            if diagnostics.findings.count > findingLimit, diagnostics.hasErrors {
                diagnostics.error(service.place, "there are more errors than \(findingLimit); the rest is not shown")
                break
            }
        }
    }

    /// compose's rule: a service with profiles runs where one of them is asked for.
    private static func missingProfiles(of service: RawService, _ options: StackFileOptions) -> String? {
        guard let node = service["profiles"]?.value else { return nil }
        let profiles = (node.sequence ?? [node]).compactMap(\.text)
        guard !profiles.isEmpty, !options.profiles.contains("*"), options.profiles.isDisjoint(with: profiles) else {
            return nil
        }
        return profiles.joined(separator: ",")
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
}
