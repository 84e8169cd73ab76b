internal import Model
internal import StackFile

/// Reads `slipway.yml`, or makes out of the files that are there what it would say.
public enum ConfigurationReader {
    /// The names that our own file may have, in the order in which they are looked for.
    public static let fileNames = ["slipway.yml", "slipway.yaml", ".slipway/slipway.yml"]

    /// Seconds that a deploy step may be silent, as with Shipit.
    static let deployInactivity = 300
    /// Seconds that a test step may be silent, as with CircleCI.
    static let testInactivity = 600

    /// The configuration of the repository whose files are given; `app` names the stack where nothing else does.
    ///
    /// What is wrong stands in the configuration's `findings`; the rest is read all the same.
    public static func read(_ files: RepositoryFiles, app: String) -> PipelineConfiguration {
        var file = ConfigurationFile(name: fileNames[0])
        for name in fileNames {
            guard let text = files.text(name) else { continue }
            file = ConfigurationFile(name: name)
            do {
                if let root = try YAMLReader.read(text, file: name) { file.read(root) }
            } catch {
                file.values.diagnostics.add(error.findings)
            }
            break
        }
        var configuration = file.configuration
        configuration.image = image(file, files)
        if file.deploy == nil { configuration.deploy = [] }
        let main = file.deploy ?? RepositoryDefaults.deploySteps(files, app: app, directory: configuration.directory)
        configuration.deploy = main.isEmpty ? [] : file.deployPre + main + file.deployPost
        if file.saysRollback {
            let back = file.rollback ?? configuration.deploy
            configuration.rollback = back.isEmpty ? [] : file.rollbackPre + back + file.rollbackPost
        }
        configuration.findings = file.values.diagnostics.sorted(files: [file.name])
        return configuration
    }

    private static func image(_ file: ConfigurationFile, _ files: RepositoryFiles) -> ImagePlan? {
        var plan = file.image ?? ImagePlan(name: "")
        if file.noImage || (!file.saysDockerfile && files.text(plan.dockerfile) == nil) { return nil }
        if plan.name.isEmpty { plan.name = RepositoryDefaults.imageName(files) ?? "" }
        return plan.name.isEmpty ? nil : plan
    }
}

/// What follows from the files that are there.
enum RepositoryDefaults {
    /// The repository of the compose file's image that ends in `:${REVISION}`.
    static func imageName(_ files: RepositoryFiles) -> String? {
        files.first(of: StackFiles.composeNames).flatMap { StackFiles.imageRepository(inCompose: $0.text) }
    }

    /// `deploy/deploy.sh` if there is one, else `up` of the compose file, else nothing.
    static func deploySteps(_ files: RepositoryFiles, app: String, directory: String?) -> [StepPlan] {
        let timeout = ConfigurationReader.deployInactivity
        let folder = directory.map { $0 + "/" } ?? ""
        let script = "deploy/deploy.sh"
        if files.text(folder + script) != nil {
            let command = files.isExecutable(folder + script) ? "./\(script)" : "bash \(script)"
            return [StepPlan(command: command, inactivityTimeout: timeout)]
        }
        guard let compose = files.first(of: StackFiles.composeNames) else { return [] }
        let place = compose.path.contains("/") ? " --file \(compose.path)" : ""
        return [StepPlan(command: "slipway up\(place) --stack \(app) --upgrade -d", inactivityTimeout: timeout)]
    }
}
