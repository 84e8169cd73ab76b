internal import Foundation

extension ServiceSpec {
    /// Keys that are compared one by one, each under its own name.
    private static let groups: Set<String> = [
        "labels", "healthCheck", "isolation", "limits", "networking", "storage", "logging", "probe", "placement",
        "lifecycle", "notes", "loadBalancer",
    ]
    /// Keys with a subject of their own.
    private static let others: Set<String> = [
        "name", "image", "pinnedImage", "scale", "environment", "secrets", "sidekicks", "keepsScale", "keepsRetainIP",
    ]

    /// What would change if this took the place of `old`, in the order in which people ask for it: image, digest,
    /// scale, variables, everything else. Nothing where both are the same.
    ///
    /// The rest is compared as JSON, so that a key that is added to the spec is compared too.
    public func changes(since old: ServiceSpec) -> [SpecChange] {
        var changes: [SpecChange] = []
        if image != old.image { changes.append(SpecChange(.image, .changed, before: old.image, after: image)) }
        changes += SpecChange.comparing(.digest, old.pinnedDigest, pinnedDigest)
        if scale != old.scale {
            changes.append(SpecChange(.scale, .changed, before: "\(old.scale)", after: "\(scale)"))
        }
        changes += Self.variables(old.variableTexts, variableTexts)
        let (before, after) = (old.flattened, flattened)
        for key in Set(before.keys).union(after.keys).sorted() {
            changes += SpecChange.comparing(.configuration, before[key], after[key], name: key)
        }
        if secrets?.version != old.secrets?.version, secrets?.names == old.secrets?.names, secrets != nil {
            changes.append(SpecChange(.configuration, .changed, name: "secrets"))
        }
        return changes + sidekickChanges(since: old)
    }

    /// Those of the sidekicks, whose names stand before what changes of them.
    private func sidekickChanges(since old: ServiceSpec) -> [SpecChange] {
        let names = Set((sidekicks ?? []).map(\.name) + (old.sidekicks ?? []).map(\.name))
        return names.sorted().flatMap { name -> [SpecChange] in
            switch (old.part(name), part(name)) {
            case (nil, let new?): [SpecChange(.configuration, .added, name: "sidekick \(name)", after: new.image)]
            case (let old?, nil): [SpecChange(.configuration, .removed, name: "sidekick \(name)", before: old.image)]
            case (let old?, let new?):
                new.changes(since: old).filter { $0.subject != .scale }.map { change in
                    var change = change
                    change.name = "\(name): \(change.name ?? change.subject.rawValue)"
                    return change
                }
            case (nil, nil): []
            }
        }
    }

    private var pinnedDigest: String? { pinnedImage.flatMap { ImageReference($0)?.digest?.description } }

    /// What each variable holds, to be compared and never to be shown.
    private var variableTexts: [String: SecretText] {
        environment.mapValues { SecretText([.text($0)]) }.merging(secrets?.variables ?? [:]) { _, secret in secret }
    }

    private static func variables(_ old: [String: SecretText], _ new: [String: SecretText]) -> [SpecChange] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            let kind: SpecChange.Kind = old[name] == nil ? .added : new[name] == nil ? .removed : .changed
            return SpecChange(.environment, kind, name: name)
        }
    }

    /// Every other key by its name, with its value as one line of JSON.
    private var flattened: [String: String] {
        guard let data = try? JSONCoding.encoder.encode(self),
            let keys = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [:] }
        var flat: [String: String] = [:]
        for (key, value) in keys where !Self.others.contains(key) {
            if Self.groups.contains(key), let group = value as? [String: Any] {
                for (part, value) in group {
                    let name = key == "labels" ? part : Self.spelt(part)
                    flat["\(Self.spelt(key)).\(name)"] = Self.line(value)
                }
            } else {
                flat[Self.spelt(key)] = Self.line(value)
            }
        }
        for file in secrets?.files ?? [] { flat["secrets.\(file.source)"] = file.target }
        return flat.filter { !$0.value.isEmpty }
    }

    /// `stopGracePeriod` as the files have it: `stop_grace_period`.
    private static func spelt(_ key: String) -> String {
        key.reduce(into: "") { text, letter in
            if letter.isUppercase, text.last?.isUppercase == false || text.last?.isLowercase == true { text += "_" }
            text += letter.lowercased()
        }
    }

    /// Empty for what says nothing.
    private static func line(_ value: Any) -> String {
        if let text = value as? String { return text }
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: options) else { return "" }
        let text = String(decoding: data, as: UTF8.self)
        return ["[]", "{}", "false"].contains(text) ? "" : text
    }
}

extension SpecChange {
    /// Nothing where both are equal.
    fileprivate static func comparing(
        _ subject: Subject, _ before: String?, _ after: String?, name: String? = nil
    ) -> [SpecChange] {
        guard before != after else { return [] }
        let kind: Kind = before == nil ? .added : after == nil ? .removed : .changed
        return [SpecChange(subject, kind, name: name, before: before, after: after)]
    }
}
