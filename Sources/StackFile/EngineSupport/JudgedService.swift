/// A service with what a row may ask of those around it.
struct JudgedService: Sendable {
    let raw: RawService
    /// Services that share host, scale and lifetime with it.
    let pod: Set<String>

    init(_ raw: RawService, pod: Set<String> = []) {
        self.raw = raw
        self.pod = pod
    }

    var scale: Int {
        (raw["scale"]?.value ?? raw["deploy"]?.value["replicas"])?.int ?? 1
    }

    var isInHostNetwork: Bool { (raw["network_mode"] ?? raw["net"])?.value.text == "host" }

    /// Names of the services that stand beside it.
    var sidekicks: [String] {
        let text = labels.first { $0.key == "io.rancher.sidekicks" }?.value.text ?? ""
        return text.split { $0 == "," || $0 == " " }.map(String.init)
    }

    var labels: [YAMLNode.Pair] { raw["labels"].flatMap { ServiceMerge.pairs($0.value) } ?? [] }
}

extension JudgedService {
    /// All services, each with the others of its sidekick group.
    static func all(_ services: [RawService]) -> [JudgedService] {
        var pods: [String: Set<String>] = [:]
        for service in services {
            let names = JudgedService(service).sidekicks
            guard !names.isEmpty else { continue }
            let group = Set(names + [service.name])
            for name in group { pods[name, default: []].formUnion(group.subtracting([name])) }
        }
        return services.map { JudgedService($0, pod: pods[$0.name] ?? []) }
    }
}
