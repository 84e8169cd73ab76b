public import Model

/// What a repository's files ask for: how a commit is tested, built into an image, deployed and rolled back.
public struct PipelineConfiguration: Sendable, Hashable, Codable {
    /// Nil: nothing to test.
    public var test: TestPlan?
    /// Nil: no image is built.
    public var image: ImagePlan?
    /// Empty: nothing is known of how to deploy.
    public var deploy: [StepPlan]
    /// Nil: the deploy steps, with `ROLLBACK=1`.
    public var rollback: [StepPlan]?
    /// Seconds that all steps of a deploy together may take; nil: as long as they like.
    public var deployTimeLimit: Int?
    /// The same of a rollback.
    public var rollbackTimeLimit: Int?
    /// Contexts whose secrets deploys and rollbacks get, the strongest last.
    public var deployContexts: [String] = []
    /// Folder in which deploy steps run, relative to the repository; nil for its root.
    public var directory: String?
    /// Variables that deploy steps get.
    public var environment: [String: String]
    public var rollout: RolloutDefaults
    /// Everything that is wrong or unused, by place.
    public var findings: [Finding]

    public init(
        test: TestPlan? = nil, image: ImagePlan? = nil, deploy: [StepPlan] = [], rollback: [StepPlan]? = nil,
        deployTimeLimit: Int? = nil, rollbackTimeLimit: Int? = nil, directory: String? = nil,
        environment: [String: String] = [:], rollout: RolloutDefaults = RolloutDefaults(), findings: [Finding] = []
    ) {
        self.test = test
        self.image = image
        self.deploy = deploy
        self.rollback = rollback
        self.deployTimeLimit = deployTimeLimit
        self.rollbackTimeLimit = rollbackTimeLimit
        self.directory = directory
        self.environment = environment
        self.rollout = rollout
        self.findings = findings
    }

    public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

/// How a commit is tested.
public struct TestPlan: Sendable, Hashable, Codable {
    /// Image of the container in which the steps run; nil with `build` nil means on the host.
    public var image: String?
    /// Builds that image from the commit.
    public var build: ImageBuild?
    public var services: [ServicePlan]
    public var environment: [String: String]
    /// Contexts whose secrets the steps get, the strongest last.
    public var contexts: [String] = []
    public var steps: [StepPlan]
    /// Seconds that all steps together may take.
    public var timeLimit: Int
    /// File or folder with JUnit XML, relative to the repository.
    public var results: String?

    /// Whether no image is named that its steps could run in.
    var runsOnThisMachine: Bool { image == nil && build == nil }

    public init(
        image: String? = nil, build: ImageBuild? = nil, services: [ServicePlan] = [],
        environment: [String: String] = [:], steps: [StepPlan] = [], timeLimit: Int = 3600, results: String? = nil
    ) {
        self.image = image
        self.build = build
        self.services = services
        self.environment = environment
        self.steps = steps
        self.timeLimit = timeLimit
        self.results = results
    }
}

/// An image that is built from the repository; paths are relative to it.
public struct ImageBuild: Sendable, Hashable, Codable {
    public var dockerfile: String
    public var context: String
    public var target: String?

    public init(dockerfile: String = "Dockerfile", context: String = ".", target: String? = nil) {
        self.dockerfile = dockerfile
        self.context = context
        self.target = target
    }
}

/// A container that the tests talk to.
public struct ServicePlan: Sendable, Hashable, Codable {
    /// Nil when `build` says how it is made.
    public var image: String?
    public var build: ImageBuild?
    /// Host name by which the steps reach it.
    public var name: String
    public var environment: [String: String]
    public var command: [String]?

    public init(
        image: String? = nil, build: ImageBuild? = nil, name: String, environment: [String: String] = [:],
        command: [String]? = nil
    ) {
        self.image = image
        self.build = build
        self.name = name
        self.environment = environment
        self.command = command
    }
}

/// One command of a test or a deploy.
public struct StepPlan: Sendable, Hashable, Codable {
    public var name: String
    public var command: String
    /// `/bin/sh -e`; nil means the runner's.
    public var shell: String?
    public var environment: [String: String]
    /// Relative to the checkout; nil for its root.
    public var workingDirectory: String?
    public var condition: Step.Condition
    /// Seconds without output after which it is ended.
    public var inactivityTimeout: Int
    /// Whether the next step starts without waiting for this one.
    public var background: Bool

    public init(
        name: String? = nil, command: String, shell: String? = nil, environment: [String: String] = [:],
        workingDirectory: String? = nil, condition: Step.Condition = .onSuccess, inactivityTimeout: Int = 600,
        background: Bool = false
    ) {
        self.name = name ?? Self.name(of: command)
        self.command = command
        self.shell = shell
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.condition = condition
        self.inactivityTimeout = inactivityTimeout
        self.background = background
    }

    /// The command's first line, at most 80 characters of it.
    static func name(of command: String) -> String {
        let line = command.split(whereSeparator: \.isNewline).first.map(String.init) ?? command
        return line.count > 80 ? line.prefix(79) + "…" : line
    }
}

/// The image that a commit becomes; its tag is always the SHA.
public struct ImagePlan: Sendable, Hashable, Codable {
    /// `acme/orders`, maybe with a registry before it.
    public var name: String
    public var dockerfile: String
    public var context: String
    public var target: String?
    public var args: [String: String]

    public init(
        name: String, dockerfile: String = "Dockerfile", context: String = ".", target: String? = nil,
        args: [String: String] = [:]
    ) {
        self.name = name
        self.dockerfile = dockerfile
        self.context = context
        self.target = target
        self.args = args
    }
}

/// Times of a rollout in milliseconds; nil where the file says nothing.
public struct RolloutDefaults: Sendable, Hashable, Codable {
    public var settle: Int?
    public var deadline: Int?
    public var drain: Int?
    public var park: Int?

    public init(settle: Int? = nil, deadline: Int? = nil, drain: Int? = nil, park: Int? = nil) {
        self.settle = settle
        self.deadline = deadline
        self.drain = drain
        self.park = park
    }

    /// `options` with what is said here.
    public func applied(to options: RolloutOptions) -> RolloutOptions {
        var options = options
        options.settle = settle ?? options.settle
        options.deadline = deadline ?? options.deadline
        options.drain = drain ?? options.drain
        options.park = park ?? options.park
        return options
    }
}
