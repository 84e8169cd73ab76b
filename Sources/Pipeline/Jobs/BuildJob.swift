import Foundation
public import Engines
public import Git
import Logging
public import Model
import Supervisor

/// What a build is made from.
public struct BuildRequest: Sendable {
    public var build: Build
    public var app: App
    public var commit: Commit
    public var mirror: GitMirror
    public var configuration: PipelineConfiguration
    /// Where containers of the tests run and images are built.
    public var engine: any Engine
    /// `unix:///var/run/docker.sock`, for the docker command.
    public var dockerHost: String
    /// `127.0.0.1:5000`: where images without a registry in their name are pushed.
    public var registry: String
    /// Where working copies are made.
    public var checkouts: String
    /// Tells this installation's containers from another's on the same engine.
    public var instance: String
    /// Whether steps without an image may run on this machine.
    public var allowsHostSteps: Bool
    /// `https://…` of the repository for the image's label.
    public var sourceURL: String
    /// Seconds that it waits for an engine, a registry or a disk that is away.
    public var patience: Int
    /// Path of `slipway-agent`, which runs the steps of the tests in their container.
    public var agent: String
    /// Who the tests' steps run as where they run on this machine.
    public var stepUsers: StepUsers
    /// What the steps of the tests are given; asked when a step is about to start.
    public var secrets: @Sendable () async throws -> GivenSecrets

    public init(
        build: Build, app: App, commit: Commit, mirror: GitMirror, configuration: PipelineConfiguration,
        engine: any Engine, dockerHost: String, registry: String, checkouts: String, instance: String,
        allowsHostSteps: Bool, sourceURL: String, patience: Int = 600, agent: String,
        stepUsers: StepUsers? = nil,
        secrets: @escaping @Sendable () async throws -> GivenSecrets = { GivenSecrets() }
    ) {
        self.build = build
        self.app = app
        self.commit = commit
        self.mirror = mirror
        self.configuration = configuration
        self.engine = engine
        self.dockerHost = dockerHost
        self.registry = registry
        self.checkouts = checkouts
        self.instance = instance
        self.allowsHostSteps = allowsHostSteps
        self.sourceURL = sourceURL
        self.patience = patience
        self.agent = agent
        self.stepUsers = stepUsers ?? StepUsers(.server, folders: checkouts)
        self.secrets = secrets
    }

    /// The working copy of this build.
    var checkout: String { "\(checkouts)/build-\(build.id)" }
    /// Files that the steps share with Slipway, beside the working copy.
    var jobFolder: String { "\(checkouts)/build-\(build.id).job" }
    /// Where the reason stands while docker waits for what is away: beside the working copy, where no step can write.
    var waiting: String { Self.waiting(build: build.id, checkouts) }
    static func waiting(build: Int64, _ checkouts: String) -> String { "\(checkouts)/build-\(build).waiting" }
    /// Name of the primary container; another Slipway on the same engine has builds of the same numbers.
    var primary: String { "slipway-build-\(instance.prefix(8))-\(build.id)" }
    /// The image that is built from the commit for its own tests; its layers stay under ``testCache``.
    var testImage: String { "\(testRepository):build-\(build.id)" }
    var testCache: String { "\(testRepository):cache" }
    private var testRepository: String { "slipway-test/\(instance.prefix(8))-\(app.name.lowercased())" }

    /// Registry and repository that the image is pushed to, without a tag.
    func location(of image: ImagePlan) -> String {
        guard let reference = ImageReference(image.name), reference.registry == nil else { return image.name }
        return "\(registry)/\(reference.repository)"
    }
}

/// What a build produced.
public struct BuildProduct: Hashable, Sendable {
    /// As compose files name it.
    public var name: String
    public var location: String
    public var digest: Digest
}

/// One build: test, image, push, as steps that survive the server.
public struct BuildJob: Sendable {
    let request: BuildRequest
    let runner: StepRunner
    private let ahead = ContainersAhead()

    public init(_ request: BuildRequest, runner: StepRunner) {
        self.request = request
        self.runner = runner
    }

    private var owner: Step.Owner { .build(request.build.id) }

    /// Runs or goes on with the build; returns how its steps ended and the image that was pushed.
    public func run(
        isCancelled: @escaping @Sendable () async throws -> Bool
    ) async throws -> (verdict: StepsVerdict, product: BuildProduct?) {
        try await runner.table.plan(buildSteps(of: request.configuration, sha: request.commit.sha), for: owner)
        let haltMark = "\(request.jobFolder)/halt"
        try await startAhead()
        let verdict: StepsVerdict
        do {
            verdict = try await runner.run(
                owner, isCancelled: isCancelled, halted: { FileManager.default.fileExists(atPath: haltMark) },
                prepare: { try await prepare($0, $1) })
        } catch {
            await ahead.end()
            throw error
        }
        // What is removed afterwards must not come up only then.
        await ahead.end()
        return (try await explained(verdict), verdict == .succeeded ? try await product() : nil)
    }

    /// Starts the containers while the commit is checked out, where they need nothing of it and weren't started before.
    /// What goes wrong is told by the step that starts them, which tries again.
    private func startAhead() async throws {
        let waits = try await runner.table.rows(of: owner).contains {
            $0.record.action == BuildAction.containers.text && !$0.step.state.isFinal
        }
        guard waits, let test = request.configuration.test, test.build == nil,
            test.services.allSatisfy({ $0.build == nil })
        else { return }
        await ahead.begin {
            try makeFolders()
            return try await JobContainers(request).start()
        }
    }

    /// The containers are given these folders: later they are filled, not replaced.
    private func makeFolders() throws {
        try JobFolder(request.jobFolder).make()
        do {
            try FileManager.default.createDirectory(
                atPath: request.checkout, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                .unavailable, "The folder \(request.checkout) can't be made", cause: error.localizedDescription)
        }
        guard request.stepUsers.policy == .server || !runsOnThisMachine else { return }
        // The steps of a container may run as whoever its image names.
        try request.stepUsers.open(request.checkout, mode: 0o755)
        try request.stepUsers.open(request.jobFolder, mode: 0o1777)
    }

    /// An exit status of docker's says nothing: its last words do, or what became of the container.
    private func explained(_ verdict: StepsVerdict) async throws -> StepsVerdict {
        guard case .failed(let index, let reason) = verdict,
            let (step, record) = try await runner.table.rows(of: owner).first(where: { $0.step.index == index }),
            let action = BuildAction(record.action), step.exitStatus != nil
        else { return verdict }
        if case .run = action {
            guard step.exitStatus == JobContainers.gone, let why = await JobContainers(request).whatEndedThem() else {
                return verdict
            }
            try runner.logs.appendOnce("slipway: \(why)\n", to: step)
            try await runner.table.setReason(step, why)
            return .failed(index: index, reason: "\(step.name): \(why)")
        }
        guard [.testImage, .image, .push].contains(action) else { return verdict }
        let tail = String(decoding: try runner.logs.read(step, from: -2048, limit: 2048).bytes, as: UTF8.self)
        let lines = tail.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        guard let words = lines.last else { return verdict }
        return .failed(index: index, reason: "\(reason): \(words.replacing(#/^slipway:\ /#, with: ""))")
    }

    /// What the build's image or push waits for now; nil while it goes on.
    public static func waiting(build: Int64, checkouts: String) -> String? {
        let text = try? String(contentsOfFile: BuildRequest.waiting(build: build, checkouts), encoding: .utf8)
        return text.map { "Waiting: \($0.trimmingCharacters(in: .whitespacesAndNewlines))" }
    }

    /// Removes containers, working copy and the supervisor's files; logs stay. Containers that an engine keeps from
    /// being removed are removed by ``removeContainers(of:on:where:)`` later.
    public func clean() async {
        do {
            try await JobContainers(request).remove()
        } catch {
            runner.warn("containers of build \(request.build.id) are left", error)
        }
        await request.stepUsers.release(owner)
        SecretFolder(instance: request.instance, owner).remove()
        for path in [request.checkout, request.waiting] { StepUsers.remove(path) }
        await runner.forget(owner)
        // When nobody waits for a working copy of it, or less than at any other time.
        do {
            try await request.mirror.pack()
        } catch {
            runner.warn("the repository of build \(request.build.id) is not packed", error)
        }
        // Last: as long as it is there, the build hasn't been cleaned up.
        StepUsers.remove(request.jobFolder)
    }

    /// The builds, running ones too, that haven't been cleaned up yet.
    public static func leftovers(in checkouts: String) -> [Int64] { JobFolder.builds(in: checkouts) }

    /// Removes what builds that are over have left on the engine, when it did not answer at their end.
    public static func removeContainers(
        of instance: String, on engine: any Engine, where isOver: (Int64) async throws -> Bool
    ) async throws {
        try await JobContainers.remove(of: instance, on: engine, where: isOver)
    }

    private func prepare(_ step: Step, _ record: StepRecord) async throws -> Preparation {
        guard let action = BuildAction(record.action) else {
            throw Failure(.internal, "The step \(record.action) is unknown to this version of Slipway")
        }
        switch action {
        case .checkout:
            try makeFolders()
            try await request.mirror.checkout(request.commit.sha, to: request.checkout)
            try give()
            return .done("HEAD is now at \(request.commit.sha.short) \(request.commit.title)")
        case .testImage:
            return .supervised(try commands(step).buildTestImage())
        case .containers:
            if let text = await ahead.text() { return .done(text) }
            return .done(try await JobContainers(request).start())
        case .run(let index):
            guard let test = request.configuration.test, test.steps.indices.contains(index) else {
                throw Failure(.internal, "The test step \(index) is not in the commit's configuration")
            }
            try give()
            return .supervised(
                try commands(step).run(
                    test.steps[index], of: test, remaining: try await remaining(test), try await request.secrets()))
        case .image:
            try await closeWorkingCopy()
            return .supervised(try commands(step).buildImage())
        case .push:
            return .supervised(try commands(step).pushImage())
        }
    }

    private var runsOnThisMachine: Bool { request.configuration.test?.runsOnThisMachine ?? false }

    /// Makes the working copy that of the user as which the steps run on this machine, where they do.
    private func give() throws {
        guard runsOnThisMachine, let user = try request.stepUsers.user(of: owner) else { return }
        for folder in [request.jobFolder, request.checkout] { try request.stepUsers.give(folder, to: user) }
    }

    /// Ends whatever of the tests could still change the files that the server's user now reads.
    private func closeWorkingCopy() async throws {
        guard request.configuration.test != nil else { return }
        try await runner.endBackgrounds(of: owner)
        if !runsOnThisMachine { try await JobContainers(request).removePrimary() }
        await request.stepUsers.endProcesses(of: owner)
    }

    private func commands(_ step: Step) -> BuildCommands {
        BuildCommands(request: request, logPath: runner.logs.path(of: step))
    }

    /// Seconds that are left of the job's time limit, counted from its first step.
    private func remaining(_ test: TestPlan) async throws -> Int {
        let first = try await runner.table.steps(of: owner).compactMap(\.startedAt).min() ?? Date()
        return max(1, test.timeLimit - Int(Date().timeIntervalSince(first)))
    }

    /// Name, place and digest of the image, the digest as the push's own output has it.
    private func product() async throws -> BuildProduct? {
        guard let plan = request.configuration.image,
            let step = try await runner.table.rows(of: owner).first(where: { $0.record.action == BuildAction.push.text }
            )?.step
        else { return nil }
        let log = try runner.logs.read(step, from: -8192, limit: 8192)
        guard let digest = pushedDigest(inLog: String(decoding: log.bytes, as: UTF8.self)) else {
            throw Failure(
                .failed, "The push of \(plan.name) did not say a digest",
                hint: "Look at the step's log; without a digest nothing can be proved later.")
        }
        let name = ImageReference(plan.name).map(\.repository) ?? plan.name
        return BuildProduct(name: name, location: request.location(of: plan), digest: digest)
    }
}

extension StepRunner {
    func warn(_ message: String, _ error: any Error) {
        logger.warning("\(message)", metadata: ["error": "\(error)"])
    }
}
