import ArgumentParser

/// `slipway up` in the list of commands. Its arguments have the Rancher CLI's grammar and never reach this type.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Bring the services of a compose file up, as `rancher up` does.",
        discussion: UpHelp.flags)

    @Argument(parsing: .allUnrecognized, help: "Flags and services.") var arguments: [String] = []

    func run() async throws {
        try await RancherCommand(calledAs: "slipway", arguments: ["up"] + arguments).run()
    }
}

/// What `up --help` says.
enum UpHelp {
    static func text(calledAs name: String) -> String {
        "USAGE: \(name)\(name == "rancher" ? " [--environment NAME]" : "") up [FLAGS] [SERVICE …]\n\n\(flags)"
    }

    static let flags = """
        Looks for docker-compose.yml or docker_compose.yml (and rancher-compose.yml) where it is called, then beside the \
        script that called it. Returns when the rollouts have settled: 0 done, 1 error, 3 failed and rolled back, 4 timed out.

          --environment NAME     the environment, by name or alias
          --stack, -s NAME       the stack; default: the folder's name
          --file, -f FILE        a compose file; may be repeated
          --rancher-file FILE    the rancher-compose file
          --env-file, -e FILE    values for ${…}
          --answers FILE         answers to a catalog's questions (YAML, JSON or NAME=value lines)
          --upgrade, -u          replace services that changed
          --force-upgrade        replace services, changed or not
          --confirm-upgrade, -c  remove the parked containers of the last upgrade
          --rollback, -r         go back to what ran before
          --batch-size N         containers at a time
          --interval MS          pause between batches
          --allow-unset          variables that are not set are blank
          --render               print what the files resolve to, and stop
          --prune                remove services that the files don't name
          --json                 print JSON
          -d                     don't tail logs (Slipway never does without being asked)

        Examples:
          rancher --environment MyEnvironment up my-service --stack 360-micro-service --force-upgrade --batch-size 1 -d
          slipway up --stack shop --upgrade
        """
}
