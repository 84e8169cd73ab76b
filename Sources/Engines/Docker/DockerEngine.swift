import DockerAPI
public import Model

/// A Docker Engine, over its API.
public struct DockerEngine: Engine {
    let docker: DockerClient
    let agent: AgentImage?

    /// - Parameters:
    ///   - socket: path of its socket, or an address as in `DOCKER_HOST`.
    ///   - agent: what runs on the engine's machine where its API isn't enough; nil where nothing may.
    public init(socket: String, agent: AgentImage? = nil) throws(Failure) {
        docker = try DockerClient(socket)
        self.agent = agent
    }

    public func info() async throws -> EngineInfo {
        let info = try await docker.info()
        return EngineInfo(
            name: "Docker Engine \(info.serverVersion.prefix { $0 != "+" })", hostName: info.name,
            processors: info.processors, memory: info.memory)
    }

    // MARK: Containers

    public func containers(labels: [String: String]) async throws -> [ObservedContainer] {
        let ticket = known(\.ticket)
        let listed = try await docker.containers(labels: labels)
        var found = known { known in listed.map { known.container($0) } }
        try await withThrowingTaskGroup(of: (Int, ObservedContainer?).self) { group in
            var asked = 0
            for (index, summary) in listed.enumerated() where found[index] == nil {
                // A few connections at a time; what vanished since the list is left out.
                if asked >= 16, let (place, container) = try await group.next() { found[place] = container }
                asked += 1
                group.addTask {
                    guard let container = try await unlessGone({ try await inspect(summary.id) }) else {
                        return (index, nil)
                    }
                    known { $0.keep(container, summary, ticket: ticket) }
                    return (index, container)
                }
            }
            for try await (place, container) in group { found[place] = container }
        }
        return found.compactMap(\.self)
    }

    public func create(_ plan: ContainerPlan) async throws -> String {
        let body = try plan.createBody()
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try await docker.createContainer(plan.name, body)
            } catch let failure as Failure where failure.code == .conflict && ContinuousClock.now < deadline {
                guard let existing = try await unlessGone({ try await inspect(plan.name) }) else {
                    // The engine holds a name from before its container can be seen until after it is gone.
                    try await Task.sleep(for: .milliseconds(50))
                    continue
                }
                guard existing.state == .removing || existing.state == .dead else { return try plan.adopting(existing) }
                try await remove(existing.id)
            }
        }
    }

    public func start(_ id: String) async throws {
        defer { known { $0.forget(id) } }
        do {
            try await startOrTellLeftovers(id)
        } catch let failure as Failure where failure.code == .conflict {
            guard try await endLeftovers(of: id) else { throw failure }
            try await startOrTellLeftovers(id)
        }
    }

    private func startOrTellLeftovers(_ id: String) async throws {
        do {
            try await docker.startContainer(id)
            known { $0.startEnded(id) }
        } catch let failure as Failure where failure.code == .invalid {
            // The engine calls a command that isn't in the image a bad request.
            throw Failure(
                .failed, "The container \(id.prefix(12)) doesn't start",
                hint: "Check its command, its entrypoint and its user against the image.", cause: failure.cause)
        } catch let failure as Failure where failure.saysLeftovers {
            throw Failure(
                .conflict,
                "The Docker Engine has lost hold of the container \(id.prefix(12)), which can't start any more",
                hint: "Remove it; one that is created anew can.", cause: failure.cause)
        } catch let failure as Failure where failure.code == .unavailable || failure.code == .timedOut {
            known { $0.startWasCut(id) }
            throw failure
        }
    }

    public func attach(_ id: String, to attachment: NetworkAttachment) async throws {
        defer { known { $0.forget(id) } }
        do {
            try await docker.connect(
                id, to: attachment.network, .init(aliases: attachment.aliases, links: attachment.links))
        } catch let failure as Failure where failure.code == .conflict {
            return  // It is there already.
        }
    }

    public func write(_ files: [ContainerFile], into id: String) async throws {
        // A folder at a time: into one that is a volume of a read-only container the engine writes, not beside it.
        for (folder, files) in Dictionary(grouping: files, by: \.folder).sorted(by: { $0.key < $1.key }) {
            var archive = TarArchive()
            for file in files {
                try archive.add(file.name, file.bytes, uid: file.uid, gid: file.gid, mode: file.mode)
            }
            do {
                try await docker.extract(archive.bytes, into: id, at: folder)
            } catch let failure as Failure where failure.code == .notFound {
                // The folder isn't there: it is made with the files.
                var archive = TarArchive()
                try archive.add(folder: String(folder.dropFirst()))
                for file in files {
                    let path = String(file.path.dropFirst())
                    try archive.add(path, file.bytes, uid: file.uid, gid: file.gid, mode: file.mode)
                }
                try await docker.extract(archive.bytes, into: id, at: "/")
            }
        }
    }

    public func stop(_ id: String, grace: Int) async throws {
        defer { known { $0.forget(id) } }
        try await unlessGone { try await docker.stopContainer(id, grace: grace) }
    }

    public func kill(_ id: String, signal: String) async throws {
        defer { known { $0.forget(id) } }
        try await unlessGone(orNotRunning: true) { try await docker.killContainer(id, signal: signal) }
    }

    public func remove(_ id: String) async throws {
        defer { known { $0.forget(id) } }
        if known({ $0.wasCut(id) }) {
            try await endLeftovers(of: id)
            known { $0.startEnded(id) }
        }
        do {
            try await docker.removeContainer(id)
        } catch let failure as Failure where failure.code == .notFound {
            return
        } catch let failure as Failure where failure.code == .conflict {
            // Someone else is removing it: done when it is gone.
            try await unlessGone { try await docker.waitForRemoval(of: id) }
        }
    }

    public func logs(
        _ id: String, follow: Bool, tail: Int?, timestamps: Bool
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        try await docker.containerLogs(id, follow: follow, tail: tail, timestamps: timestamps)
    }

    public func events() async throws -> AsyncThrowingStream<Void, any Error> {
        let events = try await docker.events(
            type: "container", actions: ["start", "die", "destroy", "oom", "health_status"])
        known { $0.beginStream() }
        // Several in a row are told as one.
        let (wakeups, wakeup) = AsyncThrowingStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pump = Task {
            defer { known { $0.endStream() } }
            do {
                try await events.forEach { id in
                    known { $0.forget(id) }
                    wakeup.yield()
                }
                wakeup.finish()
            } catch {
                wakeup.finish(throwing: error)
            }
        }
        wakeup.onTermination = { _ in pump.cancel() }
        return wakeups
    }

    // MARK: Images and networks

    public func pull(_ reference: String, progress: @Sendable (String) -> Void) async throws {
        try await docker.pullImage(reference, progress: progress)
    }

    public func image(_ reference: String) async throws -> ObservedImage? {
        try await unlessGone {
            let image = try await docker.image(reference)
            return ObservedImage(id: image.id, repoDigests: image.repoDigests ?? [])
        }
    }

    public func ensureImage(_ name: String, files: @Sendable () throws -> [ContainerFile]) async throws {
        if try await image(name) != nil { return }
        var archive = TarArchive()
        for file in try files() {
            try archive.add(
                String(file.path.dropFirst()), file.bytes, uid: file.uid, gid: file.gid, mode: file.mode)
        }
        try await docker.importImage(name, archive.bytes)
    }

    public func removeImage(_ reference: String) async throws {
        do {
            try await unlessGone { try await docker.removeImage(reference) }
        } catch let failure as Failure where failure.code == .conflict {
            return  // A container still uses it.
        }
    }

    public func ensureNetwork(_ name: String, labels: [String: String]) async throws {
        try await alone(withNetwork: name) {
            if try await unlessGone({ try await docker.network(name) }) != nil { return }
            do {
                _ = try await docker.createNetwork(name, labels: labels)
            } catch let failure as Failure where failure.code == .conflict {
                return  // Someone else was faster.
            }
        }
    }

    /// Those who make networks, by engine and network: an engine that is asked twice at once makes two of one name, and
    /// then nobody can be in either.
    private static let turns = Turns<String>()

    /// Runs `body` while no other task of ours makes that network.
    func alone<R>(withNetwork name: String, _ body: () async throws -> R) async rethrows -> R {
        try await Self.turns.alone(at: "\(docker.endpoint) \(name)", body)
    }

    public func removeNetwork(_ name: String) async throws {
        try await unlessGone { try await docker.removeNetwork(name) }
    }

    // MARK: Inside

    /// Reads or changes what is known of this engine's containers.
    @discardableResult
    func known<R: Sendable>(_ body: (inout KnownContainers) -> R) -> R {
        KnownContainers.of(docker.endpoint, body)
    }

    private func inspect(_ id: String) async throws -> ObservedContainer {
        try await docker.container(id).observed()
    }

    /// Nil where what it is about isn't there (any more); a container that doesn't run may count as that.
    @discardableResult
    func unlessGone<R>(orNotRunning: Bool = false, _ work: () async throws -> R) async throws -> R? {
        do {
            return try await work()
        } catch let failure as Failure where failure.code == .notFound {
            return nil
        } catch let failure as Failure where orNotRunning && failure.code == .conflict {
            return nil
        }
    }
}

extension Failure {
    /// Whether containerd or runc keeps something of the container's that the engine doesn't know (moby/moby 36145, 40613,
    /// 39630): so it is where the engine was killed in mid-start, and however often it is started again.
    fileprivate var saysLeftovers: Bool {
        guard let cause else { return false }
        return cause.contains(#/task [0-9a-f]+: already exists|id already in use/#)
            || cause.contains(#/container with (id|given ID already) exists/#)
    }
}

extension ContainerFile {
    /// Absolute path of the folder that it lies in.
    fileprivate var folder: String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    fileprivate var name: String {
        String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    }
}
