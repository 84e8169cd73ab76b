public import Model
import Foundation

extension ServiceSpec {
    /// 16 hexadecimal digits that are equal for equal specs, whatever their scale; stable across versions of Swift
    /// (the fingerprint of JSON with sorted keys: it tells changes apart, it protects nothing).
    public var hash: String {
        var subject = self
        subject.scale = 0
        (subject.keepsScale, subject.keepsRetainIP) = (nil, nil)
        for index in subject.sidekicks?.indices ?? 0..<0 {
            subject.sidekicks?[index].scale = 0
            subject.sidekicks?[index].keepsScale = nil
            subject.sidekicks?[index].keepsRetainIP = nil
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Fingerprint((try? encoder.encode(subject)) ?? Data()).digits
    }

    /// What a rollout of it brings, for a person.
    var newcomers: String { kind == .containers ? "\(scale) x \(image)" : "the \(kind.rawValue)" }

    /// What containers are created from.
    public var runnableImage: String { pinnedImage ?? image }

    /// A volume for the files of secrets where the container's own layer can't be written to.
    var secretVolumes: [VolumeMount] {
        readOnly && secrets?.files.isEmpty == false ? [VolumeMount(source: nil, target: SecretFile.folder)] : []
    }

    /// TCP ports that the edge listens on for the service and its sidekicks.
    public var unitEdgePorts: [PortMapping] { parts.flatMap(\.edgePorts) }

    /// TCP ports that the edge listens on for the service alone; none where the containers use the host's network.
    public var edgePorts: [PortMapping] {
        guard kind == .containers else { return balancerPorts }
        guard networkMode == nil || networkMode == "bridge" else { return [] }
        return ports.filter { $0.transport == .tcp && $0.hostPort != nil }
    }

    /// Ports that each container publishes by itself: UDP, and TCP where there is no edge.
    func publishedPorts(edge: Bool) -> [PortMapping] {
        kind == .containers ? ports.filter { $0.transport == .udp || !edge } : []
    }

    /// Whether a new container may run beside an old one, where both would publish the same ports.
    public func startsFirst(edge: Bool) -> Bool {
        parts.allSatisfy { part in
            part.startsFirst && part.publishedPorts(edge: edge).allSatisfy { $0.hostPort == nil }
        }
    }

    /// Whether the edge speaks HTTP for the service: its label says so, or its health check does.
    public var speaksHTTP: Bool {
        switch labels[Label.edgeProtocol] {
        case "http"?: true
        case "tcp"?: false
        default: healthCheck?.requestLine != nil
        }
    }
}
