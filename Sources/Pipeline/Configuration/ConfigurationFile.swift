internal import Model
internal import StackFile

/// One `slipway.yml`, read section by section.
struct ConfigurationFile {
    private static let deployKeys = ["override", "pre", "post", "no_output_timeout", "time_limit"]
    private static let keys = ["test", "image", "deploy", "rollback", "machine", "rollout", "schema", "watch"]

    let name: String
    var values = ValueReader()
    var configuration = PipelineConfiguration()

    var image: ImagePlan?
    /// `image: false`.
    var noImage = false
    /// Where `image` stands, if it does.
    var imagePlace: Place?
    var deploy: [StepPlan]?
    var deployPre: [StepPlan] = []
    var deployPost: [StepPlan] = []
    /// Seconds that a deploy step may be silent where nothing names another time.
    var deployInactivity = ConfigurationReader.deployInactivity
    var rollback: [StepPlan]?
    var rollbackPre: [StepPlan] = []
    var rollbackPost: [StepPlan] = []
    var saysRollback = false

    init(name: String) {
        self.name = name
    }

    mutating func read(_ root: YAMLNode) {
        guard let map = values.mapping(root, "", known: Self.keys) else { return }
        if let node = map["test"] { readTest(node) }
        if let node = map["image"] { readImage(node) }
        if let node = map["machine"] { readMachine(node) }
        if let node = map["deploy"] { readDeploy(node) }
        if let node = map["rollback"] { readRollback(node) }
        if let node = map["rollout"] { readRollout(node) }
        for key in ["schema", "watch"] { readUnused(key, in: root) }
    }

    private mutating func readTest(_ node: YAMLNode) {
        let keys = [
            "image", "build", "services", "environment", "contexts", "steps", "no_output_timeout", "time_limit",
            "results",
        ]
        guard let map = values.mapping(node, "test", known: keys) else { return }
        let inactivity = values.seconds(map["no_output_timeout"], "test.no_output_timeout")
        var plan = TestPlan(
            image: values.image(map["image"], "test.image"), build: build(map["build"], "test.build"),
            environment: values.environment(map["environment"], "test.environment"),
            timeLimit: values.seconds(map["time_limit"], "test.time_limit") ?? 3600,
            results: values.path(map["results"], "test.results"))
        plan.contexts = values.contexts(map["contexts"], "test.contexts")
        if map["image"] != nil, let build = map["build"] {
            values.diagnostics.error(build.place, "test has both image and build", hint: "keep one of them")
        }
        if let services = map["services"] {
            for item in services.sequence ?? [] { if let service = service(item) { plan.services.append(service) } }
            if services.sequence == nil {
                values.diagnostics.error(services.place, "test.services must be a list, not \(services.kind)")
            }
            checkNames(plan.services, at: services.place)
        }
        plan.steps = steps(map["steps"], "test.steps", inactivity ?? ConfigurationReader.testInactivity) {
            $0.steps($1, $2)
        }
        if plan.steps.isEmpty, map["steps"]?.sequence?.isEmpty ?? true {
            values.diagnostics.error(node.place, "test has no steps")
        }
        configuration.test = plan
    }

    private mutating func checkNames(_ services: [ServicePlan], at place: Place) {
        var names: Set<String> = []
        for service in services where !names.insert(service.name).inserted {
            values.diagnostics.error(
                place, "two of test.services have the name \"\(service.name)\"", hint: "give one of them a name")
        }
    }

    private mutating func service(_ node: YAMLNode) -> ServicePlan? {
        if node.text != nil {
            return values.image(node, "a service's image").map { ServicePlan(image: $0, name: Self.serviceName($0)) }
        }
        guard
            let map = values.mapping(
                node, "a service of test", known: ["image", "build", "name", "environment", "command"])
        else { return nil }
        let image = values.image(map["image"], "a service's image")
        let build = build(map["build"], "a service's build")
        guard (map["image"] == nil) != (map["build"] == nil) else {
            values.diagnostics.error(node.place, "a service of test needs an image or a build, and not both")
            return nil
        }
        let name = values.string(map["name"], "a service's name")
        if image == nil, name == nil, map["build"] != nil {
            values.diagnostics.error(node.place, "a service that is built needs a name")
        }
        return ServicePlan(
            image: image, build: build, name: name ?? image.map(Self.serviceName) ?? "service",
            environment: values.environment(map["environment"], "a service's environment"),
            command: values.words(map["command"], "a service's command"))
    }

    /// `postgres` of `registry.example.com/library/postgres:15`.
    private static func serviceName(_ image: String) -> String {
        ImageReference(image)?.repository.split(separator: "/").last.map(String.init) ?? image
    }

    private mutating func build(_ node: YAMLNode?, _ name: String) -> ImageBuild? {
        guard let node else { return nil }
        if node.text != nil { return values.path(node, name).map { ImageBuild(context: $0) } }
        guard let map = values.mapping(node, name, known: ["dockerfile", "context", "target"]) else { return nil }
        return ImageBuild(
            dockerfile: values.path(map["dockerfile"], "\(name).dockerfile") ?? "Dockerfile",
            context: values.path(map["context"], "\(name).context") ?? ".",
            target: values.string(map["target"], "\(name).target"))
    }

    private mutating func readImage(_ node: YAMLNode) {
        if node.bool == false {
            noImage = true
            return
        }
        imagePlace = node.place
        if node.text != nil {
            image = values.image(node, "image", tagged: false).map { ImagePlan(name: $0) }
            return
        }
        guard let map = values.mapping(node, "image", known: ["name", "dockerfile", "context", "target", "args"]) else {
            return
        }
        image = ImagePlan(
            name: values.image(map["name"], "image.name", tagged: false) ?? "",
            dockerfile: values.path(map["dockerfile"], "image.dockerfile") ?? "Dockerfile",
            context: values.path(map["context"], "image.context") ?? ".",
            target: values.string(map["target"], "image.target"),
            args: values.environment(map["args"], "image.args"))
    }

    private mutating func readMachine(_ node: YAMLNode) {
        guard let map = values.mapping(node, "machine", known: ["environment", "directory"]) else { return }
        configuration.environment = values.environment(map["environment"], "machine.environment")
        configuration.directory = values.path(map["directory"], "machine.directory")
    }

    private mutating func readDeploy(_ node: YAMLNode) {
        guard let map = values.mapping(node, "deploy", known: Self.deployKeys + ["contexts"]) else { return }
        let silence = limit(map["no_output_timeout"], "deploy.no_output_timeout")
        deployInactivity = silence ?? deployInactivity
        configuration.deployContexts = values.contexts(map["contexts"], "deploy.contexts")
        configuration.deployTimeLimit = limit(map["time_limit"], "deploy.time_limit")
        deploy = map["override"].map { deploySteps($0, "deploy.override", silence) }
        deployPre = deploySteps(map["pre"], "deploy.pre", silence)
        deployPost = deploySteps(map["post"], "deploy.post", silence)
    }

    private mutating func readRollback(_ node: YAMLNode) {
        guard let map = values.mapping(node, "rollback", known: Self.deployKeys) else { return }
        let silence = limit(map["no_output_timeout"], "rollback.no_output_timeout")
        configuration.rollbackTimeLimit = limit(map["time_limit"], "rollback.time_limit")
        saysRollback = !map.isEmpty
        rollback = map["override"].map { deploySteps($0, "rollback.override", silence) }
        rollbackPre = deploySteps(map["pre"], "rollback.pre", silence)
        rollbackPost = deploySteps(map["post"], "rollback.post", silence)
    }

    private mutating func readRollout(_ node: YAMLNode) {
        guard let map = values.mapping(node, "rollout", known: ["settle", "deadline", "drain", "park"]) else { return }
        configuration.rollout = RolloutDefaults(
            settle: values.milliseconds(map["settle"], "rollout.settle"),
            deadline: values.milliseconds(map["deadline"], "rollout.deadline"),
            drain: values.milliseconds(map["drain"], "rollout.drain"),
            park: values.milliseconds(map["park"], "rollout.park"))
        if configuration.rollout.deadline == 0, let node = map["deadline"] {
            values.diagnostics.error(node.place, "rollout.deadline must be more than nothing")
        }
    }

    /// Keys of later versions: checked for their names, and said to be without effect.
    private mutating func readUnused(_ key: String, in root: YAMLNode) {
        guard let pair = root.mapping?.first(where: { $0.key == key }), !pair.value.isNull else { return }
        let known = key == "schema" ? ["paths", "policy"] : ["for", "on_failure"]
        guard values.mapping(pair.value, key, known: known) != nil else { return }
        values.diagnostics.warn(pair.keyPlace, "\"\(key)\" is read but not used yet")
    }

    private mutating func deploySteps(_ node: YAMLNode?, _ name: String, _ silence: Int?) -> [StepPlan] {
        steps(node, name, silence ?? ConfigurationReader.deployInactivity) { $0.deploySteps($1, $2) }
    }

    /// A time that is more than nothing, in seconds.
    private mutating func limit(_ node: YAMLNode?, _ name: String) -> Int? {
        guard let node, let seconds = values.seconds(node, name) else { return nil }
        if seconds == 0 { values.diagnostics.error(node.place, "\(name) must be more than nothing") }
        return max(1, seconds)
    }

    private mutating func steps(
        _ node: YAMLNode?, _ name: String, _ inactivity: Int,
        _ read: (inout StepReader, YAMLNode?, String) -> [StepPlan]
    ) -> [StepPlan] {
        var reader = StepReader(values: values, inactivityTimeout: inactivity)
        let steps = read(&reader, node, name)
        values = reader.values
        return steps
    }
}
