import Engines
import Model

/// The containers of a build's tests: the primary, in which the steps run, and the services in its network namespace,
/// so that all share one localhost (CircleCI's rule).
struct JobContainers {
    let request: BuildRequest

    init(_ request: BuildRequest) {
        self.request = request
    }

    private static let instanceLabel = "dev.slipway.instance"
    private static let purposeLabel = "dev.slipway.purpose"
    private static let purpose = "build"
    private static let buildLabel = "dev.slipway.build"

    private var labels: [String: String] {
        [
            Self.instanceLabel: request.instance, Self.purposeLabel: Self.purpose,
            Self.buildLabel: String(request.build.id), "dev.slipway.app": request.app.name,
        ]
    }

    /// Brings the images, creates and starts the containers; may be repeated. Returns lines for the log.
    func start() async throws -> String {
        guard let test = request.configuration.test else { return "" }
        var lines: [String] = []
        let engine = request.engine
        let image = test.build == nil ? test.image ?? "" : request.testImage
        try await bring(image, &lines)
        let names = test.services.map(\.name)
        let primary = try await engine.create(
            ContainerPlan(
                name: request.primary, image: image,
                entrypoint: [
                    BuildCommands.agent, "serve", "\(BuildCommands.shared)/\(JobFolder.agentSocketName)",
                ], labels: labels,
                volumes: [
                    VolumeMount(source: request.checkout, target: BuildCommands.workspace),
                    VolumeMount(source: request.jobFolder, target: BuildCommands.shared),
                    VolumeMount(source: request.agent, target: BuildCommands.agent, readOnly: true),
                ],
                network: "bridge", extraHosts: names.map { "\($0):127.0.0.1" },
                workingDirectory: BuildCommands.workspace))
        let files = try await request.secrets().files.map { name, value in
            ContainerFile(path: SecretFile(source: name).target, bytes: Array(value.utf8))
        }
        if !files.isEmpty { try await engine.write(files, into: primary) }
        try await engine.startOrRemove(primary)
        lines.append("\(image) runs as \(request.primary)")
        for service in test.services {
            let image = service.build == nil ? service.image ?? "" : "\(request.testImage)-\(service.name)"
            try await bring(image, &lines)
            let id = try await engine.create(
                ContainerPlan(
                    name: "\(request.primary)-\(service.name)", image: image, command: service.command,
                    environment: service.environment.map { "\($0.key)=\($0.value)" }.sorted(), labels: labels,
                    network: "container:\(primary)"))
            try await engine.startOrRemove(id)
            lines.append("\(image) runs as \(service.name), on the tests' localhost")
        }
        return lines.joined(separator: "\n")
    }

    /// Exit status of a step whose container is gone; a step's own may be the same.
    static let gone: Int32 = 125

    /// What ended the container of a step that ended with ``gone``. Nil when it runs: the status was the step's own.
    func whatEndedThem() async -> String? {
        guard request.configuration.test.map({ $0.image != nil || $0.build != nil }) ?? false else { return nil }
        var runs = false
        for _ in 0..<25 {
            do {
                let ours = try await request.engine.containers(labels: labels)
                runs = ours.contains { $0.name == request.primary && $0.state == .running }
            } catch {
                return "the Docker Engine was stopped while the step ran, which ended it"
            }
            // An engine that stops ends the containers first, and knows a moment later that one has ended.
            try? await Task.sleep(for: .milliseconds(200))
        }
        return runs ? nil : "the step's container was ended while it ran: by a stop of the Docker Engine, or by hand"
    }

    /// Removes the container that can write in the working copy.
    func removePrimary() async throws {
        for container in try await request.engine.containers(labels: labels) where container.name == request.primary {
            try await request.engine.remove(container.id)
        }
    }

    /// Removes every container of the build, and the images that were built for its tests alone.
    func remove() async throws {
        let id = request.build.id
        try await Self.remove(of: request.instance, on: request.engine) { $0 == id }
        guard let test = request.configuration.test else { return }
        if test.build != nil { try await request.engine.removeImage(request.testImage) }
        for service in test.services where service.build != nil {
            try await request.engine.removeImage("\(request.testImage)-\(service.name)")
        }
    }

    /// Removes the containers of those builds.
    static func remove(
        of instance: String, on engine: any Engine, where isOver: (Int64) async throws -> Bool
    ) async throws {
        for container in try await engine.containers(labels: [instanceLabel: instance, purposeLabel: purpose]) {
            guard let build = container.labels[buildLabel].flatMap({ Int64($0) }), try await isOver(build) else {
                continue
            }
            try await engine.remove(container.id)
        }
    }

    private func bring(_ image: String, _ lines: inout [String]) async throws {
        if let present = try await request.engine.image(image) {
            // Said in the same words where it was pulled: a restart may repeat this.
            lines.append("\(image) is here: \(present.repoDigests.first ?? present.id)")
            return
        }
        try await request.engine.pull(image) { _ in }
        let pulled = try await request.engine.image(image)
        lines.append("\(image) is here: \(pulled?.repoDigests.first ?? pulled?.id ?? "")")
    }
}
