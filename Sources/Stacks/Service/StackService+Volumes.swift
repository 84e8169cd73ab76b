import Engines
import Model

extension StackService {
    /// Sees to the named volumes of a container that is about to be created. Throws `.notFound` for one that shall be
    /// there already and isn't.
    func ensureVolumes(of spec: ServiceSpec, at identity: ContainerIdentity, _ scene: Scene) async throws {
        for mount in spec.volumes where !mount.isBind {
            guard let source = mount.source, let name = identity.scoped(mount, of: spec).source else { continue }
            let described = spec.storage?.named?[source]
            if described?.isExternal == true {
                guard try await scene.engine.hasVolume(name) else {
                    throw Failure(
                        .notFound, "The volume \(name) of \(scene.key) is external, and isn't there",
                        hint: "Create it on the engine: docker volume create \(name)")
                }
                continue
            }
            var labels = described?.labels ?? [:]
            labels.merge(self.labels(of: scene.environment)) { $1 }
            labels[Label.stack] = scene.key.stack
            try await scene.engine.ensureVolume(
                EngineVolume(
                    name: name, driver: described?.driver ?? spec.storage?.volumeDriver,
                    options: described?.driverOptions ?? [:], labels: labels))
        }
    }
}

extension ContainerIdentity {
    /// The mount with a named volume that is the stack's own, as compose's are its project's: two stacks that call one
    /// `data` don't share it. One that the file gives a name, or that is external, is everybody's.
    func scoped(_ mount: VolumeMount, of spec: ServiceSpec) -> VolumeMount {
        guard let source = mount.source, !mount.isBind else { return mount }
        let described = spec.storage?.named?[source]
        var name = "\(environment)-\(stack)-\(source)"
        if let given = described?.name { name = given } else if described?.isExternal == true { name = source }
        if described?.isPerContainer == true { name += "-\(spec.name)-\(slot)" }
        return VolumeMount(source: name, target: mount.target, readOnly: mount.readOnly)
    }
}

extension ServiceSpec {
    /// Files that hold the stack's configurations.
    var configFiles: [ContainerFile] {
        (storage?.configs ?? []).map { config in
            ContainerFile(
                path: config.target, bytes: Array((config.content ?? "").utf8),
                uid: config.uid.flatMap { Int($0) } ?? 0,
                gid: config.gid.flatMap { Int($0) } ?? 0, mode: config.mode ?? 0o444)
        }
    }

    /// Configurations that can't be written into a container whose files are read-only.
    var unwritableConfigs: [ContainerStorage.Config] {
        guard readOnly else { return [] }
        return (storage?.configs ?? []).filter { config in
            !volumes.contains { !$0.readOnly && config.target.hasPrefix("\($0.target)/") }
        }
    }
}
