import Model
import Stacks

/// What a service was resolved to: every value as containers get it, secrets by name.
struct ServiceConfiguration: Sendable {
    var spec: ServiceSpec

    var html: HTML {
        let shown = rows.filter { !$0.values.isEmpty }
        let items = shown.map { row -> HTML in
            "<dt>\(row.name)</dt><dd>\(row.values.joined(by: "<br>"))</dd>"
        }
        let sidekicks = (spec.sidekicks ?? []).map { sidekick -> HTML in
            "<h3 class=\"part\">Sidekick \(code(sidekick.name))</h3>\(ServiceConfiguration(spec: sidekick).html)"
        }
        return "<dl class=\"facts\">\(items)</dl>\(sidekicks)"
    }

    private struct Row {
        var name: String
        var values: [HTML]
    }

    private var rows: [Row] {
        var rows: [Row] = []
        func add(_ name: String, _ values: [HTML]) { rows.append(Row(name: name, values: values)) }
        add("Image", [code(spec.image)])
        add("Created from", one(spec.pinnedImage))
        add("Command", words(spec.command))
        add("Entry point", words(spec.entrypoint))
        add("Ports", spec.ports.map { code(Self.text($0)) })
        if spec.kind == .containers { add("Health check", healthCheck) }
        add("Environment", variables)
        add("Files of secrets", files)
        add(
            "Files",
            (spec.storage?.configs ?? []).map { "\(code($0.target)) <span class=\"muted\">from \($0.source)</span>" })
        add("Volumes", spec.volumes.map { code(Self.text($0)) } + storage)
        add("Volumes of", (spec.storage?.volumesFrom ?? []).map(code))
        add("In memory", (spec.storage?.memoryMounts ?? []).map(code))
        add("Links", spec.links.map(code))
        add("Links to other stacks", spec.externalLinks.map(code))
        add("Extra hosts", spec.extraHosts.map(code))
        add("DNS", spec.dns.map(code))
        add("Network", one(spec.networkMode))
        add("Host name", one(spec.hostname))
        add("User", one(spec.user))
        add("Folder", one(spec.workingDirectory))
        add("Hosts", hosts)
        add("Memory", memory)
        add("Processors", processors)
        add("Limits", limits)
        add("Devices", (spec.isolation?.devices ?? []).map(code) + (spec.isolation?.deviceRules ?? []).map(code))
        add("Namespaces", namespaces)
        add("Kernel parameters", pairs(spec.isolation?.sysctls, "="))
        add("Rights", rights)
        add("Output", logging)
        add("Begins and ends", lifecycle)
        if spec.kind == .containers { add("Upgrades", upgrades) }
        if let balancer = spec.loadBalancer {
            let named = [balancer.defaultCertificate].compactMap(\.self) + balancer.certificates
            add("Certificates", Set(named).sorted().map(code))
            add("Stickiness", balancer.stickiness.sorted { $0.key < $1.key }.map { code("\($0.key): \($0.value)") })
            add("Lines for HAProxy", (balancer.configuration ?? "").split(separator: "\n").map { code(String($0)) })
            add("Outside", balancer.externalAddresses.map(code))
        }
        add("Stop", stop)
        add("Labels", spec.labels.sorted { $0.key < $1.key }.map { code("\($0.key): \($0.value)") })
        return rows
    }

    private var variables: [HTML] {
        let plain = spec.environment.map { key, value -> (String, HTML) in
            (key, Self.isTelling(key) && !value.isEmpty ? Self.hidden(key) : code("\(key)=\(value)"))
        }
        let secret = (spec.secrets?.variables ?? [:]).map { key, text -> (String, HTML) in
            (key, "\(code("\(key)="))<span class=\"muted\">from \(text.names.joined(separator: ", "))</span>")
        }
        return (plain + secret).sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// A password that stands in the files can be read there; on a page it is for everybody behind one's shoulder.
    static func hidden(_ key: String) -> HTML {
        "<code>\(key)=</code><span class=\"muted\">not shown; a secret would keep it out of the files too</span>"
    }

    /// Whether the name says that the value is nobody's business.
    static func isTelling(_ name: String) -> Bool {
        let name = name.uppercased()
        return ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE", "API_KEY"].contains {
            name.contains($0)
        }
    }

    private var files: [HTML] {
        (spec.secrets?.files ?? []).map { file in
            "\(code(file.target)) <span class=\"muted\">from \(file.source)</span>"
        }
    }

    private var healthCheck: [HTML] {
        if spec.healthCheck == nil, let probe = spec.probe { return Self.words(probe) }
        guard let check = spec.healthCheck else {
            return ["<span class=\"muted\">none: it must run for the settle time</span>"]
        }
        let what = check.requestLine.map { "\($0) on port \(check.port)" } ?? "a connection to port \(check.port)"
        return [
            code(what),
            """
            every \(Words.milliseconds(check.interval)), answer within \(Words.milliseconds(check.responseTimeout)); \
            healthy after \(check.healthyThreshold), unhealthy after \(check.unhealthyThreshold)
            """,
            """
            healthy within \(Words.milliseconds(check.initializingTimeout)) of its start; an unhealthy one is \
            \(check.strategy == .none ? "left alone" : check.strategy == .recreate ? "replaced" : "replaced while enough others are healthy")
            """,
        ]
    }

    private var rights: [HTML] {
        var rights: [HTML] = []
        if spec.privileged { rights.append("<strong class=\"t-bad\">privileged</strong>") }
        if spec.readOnly { rights.append("its own files are read-only") }
        for name in spec.capAdd { rights.append("with \(code(name))") }
        for name in spec.capDrop { rights.append("without \(code(name))") }
        for option in spec.isolation?.securityOptions ?? [] { rights.append(code(option)) }
        for group in spec.isolation?.groups ?? [] { rights.append("of the group \(code(group))") }
        return rights
    }

    private var upgrades: [HTML] {
        var words: [HTML] = [
            spec.startsFirst ? "the new container starts before the old one goes" : "the old one goes first"
        ]
        if spec.alwaysPull { words.append("the image is always pulled") }
        if spec.retainIP { words.append("the address is kept") }
        return words
    }

    private var stop: [HTML] {
        guard spec.stopSignal != nil || spec.stopGracePeriod != nil else { return [] }
        return ["\(spec.stopSignal ?? "SIGTERM"), KILL after \(spec.stopGracePeriod ?? 10) s"]
    }

    func code(_ text: String) -> HTML { "<code>\(text)</code>" }
    func one(_ text: String?) -> [HTML] { text.map { [code($0)] } ?? [] }
    private func words(_ words: [String]?) -> [HTML] {
        guard let words else { return [] }
        return [code(words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " "))]
    }

    private static func text(_ port: PortMapping) -> String {
        let host = [port.hostAddress, port.hostPort.map(String.init)].compactMap { $0 }.joined(separator: ":")
        return "\(host.isEmpty ? "any" : host) → \(port.containerPort)/\(port.transport.rawValue)"
    }

    private static func text(_ mount: VolumeMount) -> String {
        "\(mount.source ?? "a volume of its own") → \(mount.target)\(mount.readOnly ? " (read-only)" : "")"
    }
}
