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
        "USAGE: \(name)\(before(name)) up [FLAGS] [SERVICE …]\n\n\(flags)\n\n\(others(name))"
    }

    private static func before(_ name: String) -> String {
        switch name {
        case "rancher": " [--environment NAME]"
        case "rancher-compose": " [-p NAME] [-f FILE] [-r RANCHER-FILE]"
        default: ""
        }
    }

    /// The other commands that the name carries out.
    private static func others(_ name: String) -> String {
        let dialect: RancherDialect? = name == "rancher" ? .rancher : name == "rancher-compose" ? .compose : nil
        guard let dialect else { return "" }
        return "Also: \(dialect.commands.filter { $0 != "up" }.joined(separator: ", ")); each has --help."
    }

    static let flags = """
        Looks for docker-compose.yml or docker_compose.yml (and rancher-compose.yml) where it is called, then beside the \
        script that called it. Returns when the rollouts have settled: 0 done, 1 error, 3 failed and rolled back, 4 timed out.

          --environment NAME     the environment, by name or alias; else SLIPWAY_ENVIRONMENT, RANCHER_ENVIRONMENT, production
          --stack, -s NAME       the stack; else COMPOSE_PROJECT_NAME, else the folder's name (rancher-compose: -p NAME)
          --description TEXT     what the stack is for
          --file, -f FILE        a compose file, - for standard input; may be repeated, or be several with : between;
                                 else COMPOSE_FILE
          --rancher-file FILE    the rancher-compose file
          --env-file, -e FILE    values for ${…}, which win over those of the environment
          --answers FILE         answers to a catalog's questions (YAML, JSON or NAME=value lines)
          --upgrade, -u          replace services that changed
          --force-upgrade        replace services, changed or not
          --pull, -p             bring the images here again first
          --confirm-upgrade, -c  remove the parked containers of the last upgrade
          --rollback, -r         go back to what ran before
          --batch-size N         containers at a time
          --interval MS          pause between batches
          --allow-unset          variables that are not set are blank
          --render               print what the files resolve to and what would change, and stop; with --json the
                                 resolved files alone, for which no server is asked
          --prune                remove services that the files don't name; asks on a terminal, elsewhere it needs --yes
          --yes, -y              don't ask
          --json                 print JSON
          -d                     don't tail logs (Slipway never does without being asked)

        Examples:
          rancher --environment MyEnvironment up my-service --stack 360-micro-service --force-upgrade --batch-size 1 -d
          slipway up --stack shop --upgrade
          slipway up --stack shop --render
          slipway up --stack shop --upgrade --prune --yes
        """
}
