public import Model
internal import StackFile

/// Everything that Slipway's readers have to say about a repository's files: what `slipway check` prints and the
/// target's page shows.
public enum RepositoryCheck {
    /// What was looked at, and what was found.
    public struct Report: Sendable, Hashable, Codable {
        public var files: [String]
        /// By file in the order of `files`, then by place.
        public var findings: [Finding]

        public var hasErrors: Bool { findings.contains { $0.severity == .error } }
    }

    /// `REVISION` counts as set; other variables do when `variables` or `machine.environment` names them. The stack is
    /// held against what `engine` can do.
    public static func run(
        _ files: RepositoryFiles, variables: [String: String] = [:], engine: EngineKind = .docker
    ) -> Report {
        let configuration = ConfigurationReader.read(files, app: "app")
        var environment = ["REVISION": String(repeating: "0", count: 40)]
        environment.merge(configuration.environment) { _, given in given }
        environment.merge(variables) { _, given in given }
        var report = Report(
            files: ConfigurationReader.fileNames.filter { files.text($0) != nil }.prefix(1).map { $0 },
            findings: configuration.findings)
        for folder in ["", "deploy/"] { checkStack(in: folder, files, environment, engine, &report) }
        if report.files.isEmpty, report.findings.isEmpty, files.text("Dockerfile") == nil {
            report.findings.append(
                Finding(
                    file: ConfigurationReader.fileNames[0], severity: .warning,
                    message: "there is no slipway.yml, compose file or Dockerfile here",
                    hint: "Slipway has nothing to test, build or deploy"))
        }
        return report
    }

    private static func checkStack(
        in folder: String, _ files: RepositoryFiles, _ environment: [String: String], _ engine: EngineKind,
        _ report: inout Report
    ) {
        let compose = StackFiles.composeNames.filter { files.text(folder + $0) != nil }
        let rancher = StackFiles.rancherNames.first { files.text(folder + $0) != nil }
        guard let main = compose.first else {
            if let rancher {
                report.files.append(folder + rancher)
                report.findings.append(
                    Finding(file: folder + rancher, severity: .warning, message: "there is no compose file beside it"))
            }
            return
        }
        let override = "docker-compose.override.yml"
        let names = [main] + (files.text(folder + override) == nil ? [] : [override]) + (rancher.map { [$0] } ?? [])
        let sources = names.compactMap { name in
            files.text(folder + name).map { StackFileSource(name: folder + name, text: $0) }
        }
        report.files += sources.map(\.name)
        for other in compose.dropFirst() {
            report.findings.append(
                Finding(file: folder + other, severity: .warning, message: "is not read: \(folder)\(main) is"))
        }
        let text = files.text
        var options = StackFileOptions(environment: environment, readFile: { text($0) })
        options.engine = engine
        options.unsetHint = "give it in machine.environment, or to the check with --set"
        do {
            let result = try StackFiles.load(sources, options)
            report.findings += result.warnings + result.notCarriedOut
        } catch {
            report.findings += error.findings
        }
    }
}
