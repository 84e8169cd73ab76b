import Engines
import Foundation
import GRDB
public import Model
import Store

extension StackService {
    /// Compares the digest of every running container that a deploy's rollouts brought in with the image that was
    /// recorded for the commit.
    public func verify(deploy id: Int64) async throws -> Deploy.Verification {
        let rollouts = try await store.read { db in
            try RolloutRecord.fetch(db, where: "deployID = ? AND state = 'done' ORDER BY id", [id])
        }
        var count = 0
        var differences: [String] = []
        for record in rollouts where !record.isRemoval {
            let wanted = record.rollout.spec.parts.reduce(into: [String: Digest]()) { wanted, part in
                wanted[part.name] = part.pinnedImage.flatMap { ImageReference($0)?.digest }
            }
            guard !wanted.isEmpty else { continue }
            let environment = try await environment(record.key.environmentID)
            let engine = try engineFor(environment)
            var labels = labels(of: environment)
            labels[Label.stack] = record.key.stack
            labels[Label.service] = record.key.service
            let spec = record.rollout.spec
            // What ran to its end, or was only created, is held to its digest too.
            let running = try await engine.containers(labels: labels).filter {
                $0.state == .running || spec.isLeftAlone && $0.generation == record.generation
            }
            let isGlobal = spec.placement?.isGlobal == true
            let units = running.count { $0.labels[Label.sidekick] == nil }
            if isGlobal ? units == 0 : units != spec.scale {
                differences.append("\(record.key): \(units) of \(spec.scale) containers run")
            }
            for container in running {
                guard let wanted = wanted[container.labels[Label.sidekick] ?? record.key.service] else { continue }
                count += 1
                var found = try await engine.image(container.imageID)
                if found == nil { found = try await engine.image(container.image) }
                let digests = Set(found?.repoDigests.compactMap { ImageReference($0)?.digest } ?? [])
                guard !digests.contains(wanted) else { continue }
                let other = digests.map(\.short).sorted().joined(separator: ", ")
                differences.append(
                    "\(container.name) runs \(other.isEmpty ? container.image : other), not the tested \(wanted.short)")
            }
        }
        if !differences.isEmpty { return .differs(differences) }
        return count == 0 ? .nothingVerified : .verified(containers: count)
    }
}
