import Engines
import Model

/// One wish of where a container is to be.
struct PlacementRule: Hashable, Sendable {
    enum Test: Hashable, Sendable {
        /// The host has the label, with that value where there is one.
        case hostLabel(Term)
        /// A container on the host has the label.
        case containerLabel(Term)
        /// The host runs a container of that name.
        case container(String)
        /// The host is of that name or id.
        case host(String)
        case architecture(String)
        /// The host has fewer containers of the service than this.
        case fewerThan(Int)
        /// What is so or not on every host: to be a manager, to have Linux.
        case fact(Bool, String)
    }

    /// `disk=ssd`, or `disk` alone.
    struct Term: Hashable, Sendable {
        var key: String
        var value: String?

        init(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            key = Self.names[parts[0].lowercased()] ?? parts[0].lowercased()
            value = parts.count > 1 ? parts[1].lowercased() : nil
        }

        /// What Rancher called stacks and their services before 1.2.
        private static let names = [
            "io.rancher.project.name": "io.rancher.stack.name",
            "io.rancher.project_service.name": "io.rancher.stack_service.name",
        ]

        var text: String { value.map { "\(key)=\($0)" } ?? key }

        /// Nobody means the case of a letter here, and Rancher passed over it.
        func matches(_ labels: [String: String]) -> Bool {
            labels.contains { $0.key.lowercased() == key && (value == nil || $0.value.lowercased() == value) }
        }
    }

    var test: Test
    var isNegated = false
    var isSoft = false

    /// Whether it holds of the host itself, whatever runs there.
    var isOfHost: Bool {
        switch test {
        case .hostLabel, .host, .architecture, .fact: true
        case .containerLabel, .container, .fewerThan: false
        }
    }

    /// Why the host doesn't do, as in `alpha has no label disk=ssd`; nil where it does.
    func objection(to host: EngineHost, _ scene: PlacementScene) -> String? {
        let there = scene.standing.filter { $0.host == host.name }
        let name = host.name
        switch test {
        case .hostLabel(let term):
            return judge(
                term.matches(host.labels), "\(name) has no label \(term.text)", "\(name) has the label \(term.text)")
        case .containerLabel(let term):
            // The first of a service that wants to be with its own kind must be somewhere.
            let isFirst =
                !isNegated && term.matches(scene.labels) && !scene.standing.contains { term.matches($0.labels) }
            return judge(
                isFirst || there.contains { term.matches($0.labels) },
                "no container on \(name) has the label \(term.text)",
                "a container on \(name) has the label \(term.text)")
        case .container(let wanted):
            return judge(
                there.contains { $0.isCalled(wanted) }, "the container \(wanted) isn't on \(name)",
                "the container \(wanted) is on \(name)")
        case .host(let wanted):
            let isMeant = [host.name.lowercased(), host.id.lowercased()].contains(wanted.lowercased())
            return judge(isMeant, "\(name) is not \(wanted)", "\(name) is \(wanted)")
        case .architecture(let wanted):
            let own = host.architecture.map(Self.architecture) ?? ""
            return judge(own == Self.architecture(wanted), "\(name) is no \(wanted)", "\(name) is \(wanted)")
        case .fewerThan(let most):
            let own = there.count { $0.service == scene.service && !$0.isSidekick }
            return own < most ? nil : "\(name) has \(own) of \(scene.service) already"
        case .fact(let isSo, let what):
            return judge(isSo, "\(name) is no \(what)", "\(name) is a \(what)")
        }
    }

    private func judge(_ holds: Bool, _ missing: String, _ present: String) -> String? {
        if holds != isNegated { return nil }
        return isNegated ? present : missing
    }

    /// One word for what has two.
    private static func architecture(_ name: String) -> String {
        ["amd64": "x86_64", "arm64": "aarch64"][name.lowercased()] ?? name.lowercased()
    }
}

extension PlacedContainer {
    /// By its own name, or by that which Rancher would have given it: `stack-service-1`.
    fileprivate func isCalled(_ name: String) -> Bool {
        let name = name.lowercased()
        if self.name.lowercased() == name { return true }
        let parts = service.split(separator: "/", maxSplits: 1)
        guard let slot, parts.count == 2 else { return false }
        return ["-", "_"].contains { "\(parts[0])\($0)\(parts[1])\($0)\(slot)".lowercased() == name }
    }
}
