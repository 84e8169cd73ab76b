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
        configuration.image = image(&file, files)
        let main =
            file.deploy
            ?? RepositoryDefaults.deploySteps(
                files, app: app, directory: configuration.directory, timeout: file.deployInactivity)
        configuration.deploy = main.isEmpty ? [] : file.deployPre + main + file.deployPost
        if file.saysRollback {
            let back = file.rollback ?? configuration.deploy
            configuration.rollback = back.isEmpty ? [] : file.rollbackPre + back + file.rollbackPost
            configuration.rollbackTimeLimit = configuration.rollbackTimeLimit ?? configuration.deployTimeLimit
        }
        configuration.findings = file.values.diagnostics.sorted(files: [file.name])
        return configuration
    }

    private static func image(_ file: inout ConfigurationFile, _ files: RepositoryFiles) -> ImagePlan? {
        if file.noImage { return nil }
        var plan = file.image ?? ImagePlan(name: "")
        let place = file.imagePlace ?? Place(file: plan.dockerfile)
        guard files.text(plan.dockerfile) != nil else {
            if file.imagePlace != nil {
                file.values.diagnostics.error(
                    place, "image: there is no \(plan.dockerfile) in the repository", hint: "image: false builds none")
            }
            return nil
        }
        if plan.name.isEmpty { plan.name = RepositoryDefaults.imageName(files) ?? "" }
        if !plan.name.isEmpty { return plan }
        let hint = "give image.name in slipway.yml, or an image that ends in :${REVISION} in the compose file"
        if file.imagePlace == nil {
            file.values.diagnostics.warn(place, "no image is built: its name is not known", hint: hint)
        } else if !file.values.diagnostics.hasErrors {
            file.values.diagnostics.error(place, "the image has no name", hint: hint)
        }
        return nil
    }
}

/// What follows from the files that are there.
enum RepositoryDefaults {
    /// The repository of the compose file's image that ends in `:${REVISION}`.
    static func imageName(_ files: RepositoryFiles) -> String? {
        files.composeFile()?.repository
    }

    /// `deploy/deploy.sh` if there is one, else `up` of the compose file, else nothing.
    static func deploySteps(_ files: RepositoryFiles, app: String, directory: String?, timeout: Int) -> [StepPlan] {
        let folder = directory.map { $0 + "/" } ?? ""
        let script = "deploy/deploy.sh"
        if files.text(folder + script) != nil {
            let command = files.isExecutable(folder + script) ? "./\(script)" : "bash \(script)"
            return [StepPlan(command: command, inactivityTimeout: timeout)]
        }
        guard let compose = files.composeFile(in: folder) else { return [] }
        let path = compose.path.dropFirst(folder.count)
        let place = path.contains("/") ? " --file \(path)" : ""
        return [StepPlan(command: "slipway up\(place) --stack \(app) --upgrade -d", inactivityTimeout: timeout)]
    }
}
