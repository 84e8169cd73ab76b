import Foundation
import Model
import Supervisor

/// The commands of a build's steps, as values.
struct BuildCommands {
    let request: BuildRequest
    let logPath: String

    /// Path of the working copy inside the containers of the tests.
    static let workspace = "/workspace"
    /// Path inside them of the files shared with Slipway.
    static let shared = "/.slipway"
    /// Path inside them of the agent that runs the steps; read-only, since this machine runs the same file.
    static let agent = "/.slipway-agent"

    // MARK: Tests

    /// A step of the tests: in the primary container, or on this machine where there is no image and the admin allows.
    func run(
        _ step: StepPlan, of test: TestPlan, remaining: Int, _ secrets: GivenSecrets
    ) throws -> SupervisedCommand {
        var environment = test.environment.merging(builtins) { own, _ in own }
        environment.merge(step.environment) { _, inner in inner }
        // What the files say of a variable wins over a secret of its name (CircleCI's rule).
        environment.merge(secrets.variables) { own, _ in own }
        if test.runsOnThisMachine {
            guard request.allowsHostSteps else {
                throw Failure(
                    .forbidden, "The tests name no image, and steps on this machine are not allowed",
                    hint:
                        "Give `test.image` or `test.build` in slipway.yml, or start the server with --allow-host-steps."
                )
            }
            environment["BASH_ENV"] = "\(request.jobFolder)/bash_env"
            let user = try request.stepUsers.user(of: .build(request.build.id))
            let folder = SecretFolder(instance: request.instance, .build(request.build.id))
            environment.merge(try folder.write(secrets.files, for: user)) { own, _ in own }
            if let user { environment.merge(user.environment) { own, _ in own } }
            var command = command(
                Self.shell(step), environment: environment.merging(hostEnvironment) { own, _ in own },
                directory: path(step.workingDirectory, in: request.checkout), step: step, remaining: remaining,
                secrets: secrets.values)
            command.user = user?.supervised()
            return command
        }
        for name in secrets.files.keys where environment[name] == nil {
            environment[name] = SecretFile(source: name).target
        }
        environment["BASH_ENV"] = "\(Self.shared)/bash_env"
        // The working copy and this folder are the container's to write; the program that is run here is not.
        let agent = [
            request.agent, "exec", JobFolder(request.jobFolder).agentSocket, "--workdir",
            path(step.workingDirectory, in: Self.workspace), "--",
        ]
        let prelude = "PATH=\(Self.shared)/bin:$PATH; export PATH; exec \"$@\""
        return command(
            agent + ["/bin/sh", "-c", prelude, "slipway"] + Self.shell(step), environment: environment,
            directory: request.checkout, step: step, remaining: remaining, secrets: secrets.values)
    }

    /// `bash -eo pipefail` where there is a bash, else `sh -e`: a new shell for each step (CircleCI's rule).
    static func shell(_ step: StepPlan) -> [String] {
        if let shell = step.shell { return ["/bin/sh", "-c", "exec \(shell) -c \"$0\"", step.command] }
        let choose = """
            if [ -x /bin/bash ]; then exec /bin/bash -eo pipefail -c "$0"; else exec /bin/sh -e -c "$0"; fi
            """
        return ["/bin/sh", "-c", choose, step.command]
    }

    // MARK: Images

    /// Builds the stage of the commit's own Dockerfile that its tests run in.
    func buildTestImage() throws -> SupervisedCommand {
        let builds =
            [request.configuration.test?.build].compactMap { $0 }.map { ($0, request.testImage) }
            + (request.configuration.test?.services ?? []).compactMap { service in
                service.build.map { ($0, "\(request.testImage)-\(service.name)") }
            }
        for (build, _) in builds { try check(build.context, build.dockerfile) }
        // The second tag keeps the layers when the build's own is removed at its end.
        let lines = builds.enumerated().map { index, entry in
            Self.quoted(
                [
                    "docker", "build", "--force-rm", "--tag", entry.1, "--tag", "\(request.testCache)-\(index)",
                    "--file", "\(entry.0.context)/\(entry.0.dockerfile)",
                ] + (entry.0.target.map { ["--target", $0] } ?? []) + [entry.0.context])
        }
        return patient(.build, ["/bin/sh", "-ec", lines.joined(separator: "\n")])
    }

    /// Builds the image, tagged with the whole SHA and labelled as OCI has it.
    func buildImage() throws -> SupervisedCommand {
        let image = try plan()
        try check(image.context, image.dockerfile)
        let labels = [
            "org.opencontainers.image.revision": request.commit.sha.description,
            "org.opencontainers.image.source": request.sourceURL,
            "org.opencontainers.image.created": request.commit.committedAt.formatted(.iso8601),
            "org.opencontainers.image.version": request.commit.sha.description,
            "org.opencontainers.image.title": request.app.name,
        ]
        // Else a step of the Dockerfile that fails leaves its container.
        var arguments = ["docker", "build", "--force-rm", "--tag", tag(of: image)]
        arguments += ["--file", "\(image.context)/\(image.dockerfile)"]
        if let target = image.target { arguments += ["--target", target] }
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) { arguments += ["--label", "\(key)=\(value)"] }
        for key in image.args.keys.sorted() { arguments += ["--build-arg", key] }
        var command = patient(.build, arguments + [image.context])
        command.environment.merge(image.args) { docker, _ in docker }
        return command
    }

    func pushImage() throws -> SupervisedCommand { patient(.push, ["docker", "push", tag(of: try plan())]) }

    private func plan() throws -> ImagePlan {
        guard let image = request.configuration.image else {
            throw Failure(.internal, "The commit's configuration names no image")
        }
        return image
    }

    private func check(_ context: String, _ dockerfile: String) throws {
        try BuildContext(root: request.checkout).check(context: context, dockerfile: dockerfile)
    }

    private func tag(of image: ImagePlan) -> String { "\(request.location(of: image)):\(request.commit.sha)" }

    // MARK: Parts

    private func command(
        _ arguments: [String], environment: [String: String], directory: String, step: StepPlan, remaining: Int,
        secrets: [String]
    ) -> SupervisedCommand {
        SupervisedCommand(
            arguments: arguments, environment: environment, workingDirectory: directory, logPath: logPath,
            inactivityTimeout: step.inactivityTimeout, timeLimit: remaining, secrets: secrets,
            skipsInterrupt: true)
    }

    /// Through a pipe, so that docker prints lines and not a moving picture.
    private func patient(_ kind: PatientCommand.Kind, _ command: [String]) -> SupervisedCommand {
        let patient = PatientCommand(
            kind: kind, patience: request.patience, mark: request.waiting, command: command)
        return SupervisedCommand(
            arguments: patient.arguments, environment: dockerEnvironment, workingDirectory: request.checkout,
            logPath: logPath,
            inactivityTimeout: 1800, timeLimit: 7200, skipsInterrupt: true)
    }

    private var dockerEnvironment: [String: String] {
        // buildx would ask git about the working copy, whose configuration may by now be anybody's.
        let docker = [
            "DOCKER_HOST": request.dockerHost, "DOCKER_BUILDKIT": Self.hasBuildKit ? "1" : "0", "BUILDX_GIT_INFO": "0",
            "BUILDX_GIT_LABELS": "0", "GIT_DIR": "/dev/null",
        ]
        return hostEnvironment.merging(docker) { _, docker in docker }
    }

    private var hostEnvironment: [String: String] {
        let own = ProcessInfo.processInfo.environment
        return [
            "PATH": own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": own["HOME"] ?? "/", "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        ]
    }

    /// Docker's BuildKit needs the buildx plugin on the client's side.
    private static let hasBuildKit: Bool = [
        "/usr/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/local/lib/docker/cli-plugins",
        "/usr/local/libexec/docker/cli-plugins",
        (ProcessInfo.processInfo.environment["HOME"] ?? "") + "/.docker/cli-plugins",
    ].contains { FileManager.default.isExecutableFile(atPath: "\($0)/docker-buildx") }

    /// What every step of the tests is told (CircleCI's names where it has them).
    private var builtins: [String: String] {
        [
            "CI": "true", "SLIPWAY": "true", "CIRCLE_SHA1": request.commit.sha.description,
            "CIRCLE_BRANCH": request.app.branch, "CIRCLE_BUILD_NUM": String(request.build.id),
            "REVISION": request.commit.sha.description, "SLIPWAY_APP": request.app.name,
            "SLIPWAY_BUILD_ID": String(request.build.id),
        ]
    }

    private func path(_ directory: String?, in root: String) -> String {
        guard let directory, !directory.isEmpty, directory != "." else { return root }
        return directory.hasPrefix("/") ? directory : "\(root)/\(directory)"
    }

    /// Words for a shell.
    static func quoted(_ words: [String]) -> String {
        words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    }
}
