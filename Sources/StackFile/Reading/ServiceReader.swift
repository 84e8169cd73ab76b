internal import Model

/// Turns one merged service into a `ServiceSpec`, key by key, with everything that is wrong with it.
struct ServiceReader {
    let raw: RawService
    let options: StackFileOptions
    /// All services of the files, for hints.
    let known: [RawService]
    var spec: ServiceSpec
    var upgradeStrategy: UpgradeStrategy?
    var diagnostics = Diagnostics()
    /// What is read and not carried out yet.
    var waiting = Diagnostics()
    /// Which key says that containers aren't always brought back, and where.
    var restart: (key: String, place: Place)?
    /// The key that is being read.
    var key = ""

    init(_ raw: RawService, options: StackFileOptions, known: [RawService]) {
        self.raw = raw
        self.options = options
        self.known = known
        spec = ServiceSpec(name: raw.name, image: "")
    }

    mutating func read() {
        for pair in raw.keys where !pair.key.hasPrefix("x-") {
            guard let key = ServiceKeys.all[pair.key] else {
                error(
                    pair.keyPlace, "unknown key \"\(pair.key)\"",
                    hint: Suggestion.hint(for: pair.key, in: ServiceKeys.all.keys))
                continue
            }
            if pair.value.isNull
                || (pair.value.text?.isEmpty == true && pair.key != "command" && pair.key != "entrypoint")
            {
                continue
            }
            read(pair, as: key)
        }
        LabelRules.apply(&self)
        if raw["scale"] == nil, raw["deploy"]?.value["replicas"] == nil { spec.keepsScale = true }
        if raw["retain_ip"] == nil { spec.keepsRetainIP = true }
        checkRestart()
    }

    private mutating func read(_ pair: YAMLNode.Pair, as kind: ServiceKey) {
        key = pair.key
        let before = diagnostics.findings.count
        switch kind {
        case .read(let handler): handler(&self, pair.value)
        case .waiting(let hint, let handler):
            handler(&self, pair.value)
            // What is wrong in it is mended first.
            if !hasErrors(since: before) { wait(pair.keyPlace, "\"\(pair.key)\"", hint: hint) }
        case .spare(let hint, let handler):
            handler(&self, pair.value)
            if !hasErrors(since: before) { warn(pair.keyPlace, "\"\(pair.key)\" is read but not used yet", hint: hint) }
        case .unused(let hint): warn(pair.keyPlace, "\"\(pair.key)\" is read but not used yet", hint: hint)
        case .refused(let hint): error(pair.keyPlace, "\"\(pair.key)\" can't be carried out", hint: hint)
        }
    }

    private func hasErrors(since count: Int) -> Bool {
        diagnostics.findings[count...].contains { $0.severity == .error }
    }

    /// Says why there is no image; not asked when a file that may name it could not be read.
    mutating func checkImage() {
        guard spec.image.isEmpty else { return }
        if raw["build"] != nil {
            error(
                raw.place, "has \"build\" but no image",
                hint: "name the image that the build pushes: image: name:${REVISION}")
        } else if raw["image"] != nil {
            error(raw["image"]?.value.place ?? raw.place, "image is empty")
        } else {
            let others = known.prefix(200).filter { $0.name != raw.name && $0["image"] != nil }.map(\.name)
            error(raw.place, "has no image", hint: Suggestion.hint(for: raw.name, in: others))
        }
    }

    /// Adds an error that names the service.
    mutating func error(_ place: Place, _ message: String, hint: String? = nil) {
        diagnostics.error(place, "service \"\(raw.name)\": \(message)", hint: hint)
    }

    /// Says that something was read and no engine carries it out yet.
    mutating func wait(_ place: Place, _ what: String, hint: String? = nil) {
        waiting.error(
            place, "service \"\(raw.name)\": \(what) is not carried out yet, and leaving it out would change what runs",
            hint: hint)
    }

    mutating func warn(_ place: Place, _ message: String, hint: String? = nil) {
        diagnostics.warn(place, "service \"\(raw.name)\": \(message)", hint: hint)
    }
}

// What values can be read as; each says what is wrong and gives nil.
extension ServiceReader {
    mutating func string(_ node: YAMLNode, _ key: String) -> String? {
        if let text = node.text { return text }
        error(node.place, "\(key) must be text, not \(node.kind)")
        return nil
    }

    mutating func bool(_ node: YAMLNode, _ key: String) -> Bool? {
        if let bool = node.bool { return bool }
        error(node.place, "\(key) must be true or false, not \(node.kind)")
        return nil
    }

    /// Changes a group of the spec, which is there from then on.
    mutating func change<Part: ServicePart>(
        _ group: WritableKeyPath<ServiceSpec, Part?>, _ body: (inout Part) -> Void
    ) {
        var part = spec[keyPath: group] ?? Part()
        body(&part)
        spec[keyPath: group] = part
    }

    mutating func int(_ node: YAMLNode, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        if let int = node.int, range.contains(int) { return int }
        let limits =
            range.upperBound == .max
            ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        error(node.place, "\(key) must be a whole number \(limits), not \(node.kind)")
        return nil
    }

    /// A list of texts, or one text.
    mutating func strings(_ node: YAMLNode, _ key: String) -> [String]? {
        if let text = node.text { return [text] }
        guard let items = node.sequence else {
            error(node.place, "\(key) must be a list, not \(node.kind)")
            return nil
        }
        return items.compactMap { string($0, "an item of \(key)") }
    }

    /// `KEY=value` items, or a mapping; nil values are keys that stand alone.
    mutating func pairs(_ node: YAMLNode, _ key: String, separator: Character = "=") -> [YAMLNode.Pair]? {
        for item in node.sequence ?? [] where item.text == nil {
            error(item.place, "an item of \(key) must be text like KEY\(separator)value, not \(item.kind)")
        }
        guard let pairs = ServiceMerge.pairs(node, separator) else {
            error(node.place, "\(key) must be a mapping or a list, not \(node.kind)")
            return nil
        }
        for pair in pairs where pair.value.text == nil {
            error(pair.value.place, "\(key): \"\(pair.key)\" must be text, not \(pair.value.kind)")
        }
        return pairs.filter { $0.value.text != nil }
    }

    /// Words of a command: a list as it is, a text split as a shell does.
    mutating func words(_ node: YAMLNode, _ key: String) -> [String]? {
        guard let text = node.text else { return strings(node, key) }
        if let words = ShellWords.split(text) { return words }
        error(node.place, "\(key) has a quote that is not closed: \(node.kind)")
        return nil
    }
}
