import DockerAPI

extension DockerEngine {
    /// It is one machine, and has no word for it in its containers.
    public var hasSeveralHosts: Bool { false }

    public func hosts() async throws -> [EngineHost] {
        let info = try await docker.info()
        var labels: [String: String] = [:]
        for label in info.labels ?? [] {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            labels[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        // What Rancher's agents told of their hosts, for affinity: the first two numbers of a version.
        labels["io.rancher.host.docker_version"] = labels["io.rancher.host.docker_version"] ?? short(info.serverVersion)
        if let kernel = info.kernelVersion {
            labels["io.rancher.host.linux_kernel_version"] =
                labels["io.rancher.host.linux_kernel_version"] ?? short(kernel)
        }
        return [
            EngineHost(id: info.id ?? info.name, name: info.name, labels: labels, architecture: info.architecture)
        ]
    }

    private func short(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }
}
