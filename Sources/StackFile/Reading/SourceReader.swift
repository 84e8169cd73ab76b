internal import Model

/// Reads sources one after the other into one merged whole: templates rendered, variables replaced, `extends` and
/// `include` followed.
struct SourceReader {
    let options: StackFileOptions
    let template: TemplateValues
    var merged = ServiceMerge()
    var diagnostics = Diagnostics()
    /// Whether every file could be read, so that what is missing is missing indeed.
    var isComplete = true
    /// Whether any file was a template, which may have left services out.
    var hasTemplates = false

    /// How deep files may name files.
    private static let depthLimit = 16

    init(options: StackFileOptions, template: TemplateValues) {
        self.options = options
        self.template = template
    }

    /// Lays a source over those before.
    mutating func read(_ source: StackFileSource) {
        guard let document = document(of: source) else { return }
        include(document.includes, beside: source.name, seen: [source.name])
        for service in resolved(document, file: source.name) {
            var service = service
            service.isDefined = !source.isRancherFile
            merged.add(service)
        }
        merged.add(document.sections)
    }

    private mutating func document(of source: StackFileSource) -> StackDocument? {
        guard let root = root(of: source) else { return nil }
        return StackDocument(root, options: options, &diagnostics)
    }

    /// The tree of a file, nil where there is none, which a finding says.
    private mutating func root(of source: StackFileSource) -> YAMLNode? {
        do {
            let rendered = try GoTemplate.render(source, template)
            diagnostics.add(rendered?.findings ?? [])
            hasTemplates = hasTemplates || rendered != nil
            // What a missing variable left blank is missing from its service too.
            if rendered?.findings.contains(where: { $0.severity == .error }) == true { isComplete = false }
            let root =
                if let rendered { try rendered.tree(file: source.name) } else {
                    try YAMLReader.read(source.text, file: source.name)
                }
            if let root { return root }
        } catch {
            diagnostics.add(error.findings)
            isComplete = false
            return nil
        }
        if source.isRancherFile {
            diagnostics.warn(Place(file: source.name), "is empty")
        } else {
            diagnostics.error(Place(file: source.name), "is empty: it names no service")
            isComplete = false
        }
        return nil
    }
}

// compose's `include`: whole files whose services come first.
extension SourceReader {
    private mutating func include(_ node: YAMLNode?, beside file: String, seen: Set<String>) {
        guard let node, !node.isNull else { return }
        guard let items = node.sequence else {
            return diagnostics.error(node.place, "\"include\" must be a list of files, not \(node.kind)")
        }
        for item in items {
            for key in item.mapping ?? [] where key.key != "path" {
                diagnostics.error(
                    key.keyPlace, "include: \"\(key.key)\" is not carried out",
                    hint: "variables and paths are those of the file that includes")
            }
            let paths = item["path"].map { $0.sequence ?? [$0] } ?? [item]
            for path in paths {
                guard let text = path.text else {
                    diagnostics.error(path.place, "include must be a path, not \(path.kind)")
                    continue
                }
                include(FilePath.resolved(text, beside: file), at: path.place, seen: seen)
            }
        }
    }

    private mutating func include(_ path: String, at place: Place, seen: Set<String>) {
        guard !seen.contains(path), seen.count < Self.depthLimit else {
            return diagnostics.error(place, "include: \"\(path)\" includes itself")
        }
        guard let text = options.readFile?(path) else {
            isComplete = false
            return diagnostics.error(place, "include: \"\(path)\" can't be read")
        }
        guard let document = document(of: StackFileSource(name: path, text: text)) else { return }
        include(document.includes, beside: path, seen: seen.union([path]))
        for service in resolved(document, file: path) {
            if merged.services.contains(where: { $0.name == service.name }) {
                diagnostics.error(
                    place, "include: the service \"\(service.name)\" of \"\(path)\" is there already",
                    hint: "override it in the file that includes, or give one of them another name")
            } else {
                merged.add(service)
            }
        }
        merged.add(document.sections)
    }
}

// `extends`: a service that begins as another one, of this file or of another.
extension SourceReader {
    private mutating func resolved(_ document: StackDocument, file: String) -> [RawService] {
        document.services.compactMap { resolved($0, in: document.services, file: file, seen: []) }
    }

    private mutating func resolved(
        _ service: RawService, in services: [RawService], file: String, seen: [String]
    ) -> RawService? {
        guard let extends = service["extends"], !extends.value.isNull else { return service }
        var own = service
        own.keys.removeAll { $0.key == "extends" }
        guard let base = base(of: service, extends.value, in: services, file: file, seen: seen) else { return own }
        return ServiceMerge.merged(base, own)
    }

    private mutating func base(
        of service: RawService, _ node: YAMLNode, in services: [RawService], file: String, seen: [String]
    ) -> RawService? {
        let subject = "service \"\(service.name)\": extends"
        for key in node.mapping ?? [] where !["service", "file"].contains(key.key) {
            diagnostics.error(key.keyPlace, "\(subject): unknown key \"\(key.key)\"", hint: "valid here: file, service")
        }
        guard let name = node.text ?? node["service"]?.text else {
            diagnostics.error(node.place, "\(subject) must name a service, not \(node.kind)")
            return nil
        }
        let path = node["file"]?.text.map { FilePath.resolved($0, beside: file) } ?? file
        let mark = "\(path):\(name)"
        guard !seen.contains(mark), seen.count < Self.depthLimit, mark != "\(file):\(service.name)" else {
            diagnostics.error(node.place, "\(subject): \"\(name)\" extends itself in the end")
            return nil
        }
        var others = services
        if path != file {
            guard let text = options.readFile?(path) else {
                isComplete = false
                diagnostics.error(node.place, "\(subject): the file \"\(path)\" can't be read")
                return nil
            }
            guard let document = document(of: StackFileSource(name: path, text: text)) else { return nil }
            others = document.services
        }
        guard let base = others.first(where: { $0.name == name }) else {
            diagnostics.error(
                node.place, "\(subject): there is no service \"\(name)\" in \(path)",
                hint: Suggestion.hint(for: name, in: others.map(\.name)))
            return nil
        }
        return resolved(base, in: others, file: path, seen: seen + [mark])
    }
}
