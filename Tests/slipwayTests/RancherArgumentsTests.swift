import Model
import Testing

@testable import slipway

private func up(_ line: String, _ environment: [String: String] = [:]) throws -> UpArguments {
    let result = try RancherArguments.parse(line.split(separator: " ").map(String.init), environment: environment)
    guard case .up(let arguments) = result.command else { throw Failure(.usage, "not up: \(result)") }
    return arguments
}

private func refusal(_ line: String) -> Failure? {
    do {
        _ = try RancherArguments.parse(line.split(separator: " ").map(String.init))
        return nil
    } catch {
        return error
    }
}

@Suite struct RancherArgumentsTests {
    @Test func understandsTheArticlesCommand() throws {
        let line =
            "--environment MyEnvironment up my-service --stack 360-micro-service --force-upgrade --batch-size 1 -d"
        #expect(
            try up(line)
                == UpArguments(
                    environment: "MyEnvironment", stack: "360-micro-service", services: ["my-service"], upgrade: true,
                    forceUpgrade: true, detach: true, batchSize: 1))
    }

    @Test(arguments: [
        "--env E up -s st -u -f a.yml -f b.yml web db --interval 500",
        "up web --env E db -s=st --upgrade -f a.yml:b.yml --interval=500",
        "-env=E up --stack=st --recreate web -fa.yml --file b.yml -interval 500 db",
        "up --stack st -uf a.yml:b.yml --environment E --interval 500 -- web db",
    ])
    func takesFlagsInAnyOrder(line: String) throws {
        #expect(
            try up(line)
                == UpArguments(
                    environment: "E", files: ["a.yml", "b.yml"], stack: "st", services: ["web", "db"], upgrade: true,
                    interval: 500))
    }

    @Test func readsEveryFlag() throws {
        let line =
            "up -crpdy --prune --render --allow-unset --json --rancher-file r.yml -e e --batch-size 0 "
            + "--description hi --upgrade=false"
        #expect(
            try up(line)
                == UpArguments(
                    rancherFile: "r.yml", envFile: "e", confirmUpgrade: true, rollback: true, detach: true, pull: true,
                    prune: true, yes: true, render: true, allowUnset: true, json: true, batchSize: 1, description: "hi")
        )
    }

    @Test func takesTheEnvironmentWhereFlagsAreSilent() throws {
        let environment = ["RANCHER_ENVIRONMENT": "E", "COMPOSE_FILE": "a:b", "COMPOSE_PROJECT_NAME": "p"]
        #expect(try up("up", environment) == UpArguments(environment: "E", files: ["a", "b"], stack: "p"))
        #expect(try up("--env F up -s q -f c", environment) == UpArguments(environment: "F", files: ["c"], stack: "q"))
    }

    @Test func ranchersServerAndKeysAreIgnoredWithOneWarning() throws {
        let line = ["--url", "http://x", "--access-key=a", "--secret-key", "s", "up", "-d"]
        let result = try RancherArguments.parse(line, environment: ["RANCHER_URL": "u", "RANCHER_ACCESS_KEY": ""])
        #expect(result.command == .up(UpArguments(detach: true)))
        #expect(result.warnings == ["without effect here: --url, --access-key, --secret-key, RANCHER_URL"])
    }

    @Test func theSameFlagsFollowSlipwayUp() throws {
        #expect(
            try RancherArguments.parseUp(["web", "-d", "--stack", "s"]).command
                == .up(
                    UpArguments(stack: "s", services: ["web"], detach: true)))
        #expect(try RancherArguments.parseUp(["--help"]).command == .help)
    }

    @Test(arguments: [
        ("up --force-upgrad", "unknown flag --force-upgrad", "did you mean --force-upgrade?"),
        ("up --zzzzzzz", "unknown flag --zzzzzzz", "valid: --file, --rancher-file"),
        ("up -x", "unknown flag -x", "valid: "),
        ("up --stack", "--stack needs a value", ""),
        ("up --stack --upgrade", "--stack needs a value", ""),
        ("up --batch-size two", "--batch-size: it must be a whole number of at least 0, not \"two\"", ""),
        ("up --batch-size -1", "--batch-size: it must be a whole number of at least 0, not \"-1\"", ""),
        ("up --upgrade=maybe", "--upgrade is true or false, not \"maybe\"", ""),
        ("upp", "the command \"upp\" is not carried out", "did you mean \"up\"?"),
        ("", "no command is given", "carried out: activate, deactivate"),
    ])
    func saysWhatIsWrong(line: String, message: String, hint: String) throws {
        let failure = try #require(refusal(line))
        #expect(failure.code == .usage && failure.message == message)
        #expect((failure.hint ?? "").hasPrefix(hint))
    }
}

@Suite struct RancherDialectTests {
    private func words(_ line: String, as dialect: RancherDialect = .rancher) throws -> [String] {
        let result = try RancherArguments.parse(
            line.split(separator: " ").map(String.init), as: dialect, in: "/srv/My_Shop")
        guard case .other(let words) = result.command else { throw Failure(.usage, "\(result.command)") }
        return words
    }

    private func compose(_ line: String) throws -> UpArguments {
        let result = try RancherArguments.parse(line.split(separator: " ").map(String.init), as: .compose)
        guard case .up(let up) = result.command else { throw Failure(.usage, "\(result.command)") }
        return up
    }

    @Test func lettersBeforeUpAreRancherComposesOwn() throws {
        #expect(
            try compose("-p shop -f a.yml -r r.yml up -d web")
                == UpArguments(files: ["a.yml"], rancherFile: "r.yml", stack: "shop", services: ["web"], detach: true))
        #expect(try compose("--project-name shop up -p -r") == UpArguments(stack: "shop", rollback: true, pull: true))
        #expect(try compose("--verbose -e v.env up -u -c --interval 5").interval == 5)
    }

    @Test(arguments: [
        ("ps", ["ps"]), ("--env E ps -c", ["ps", "--environment", "E", "-c"]),
        ("stacks ls", ["stacks"]), ("env ls", ["environments"]), ("--environment E env", ["environments"]),
        ("--env E logs -f --tail 5 shop/web", ["logs", "--environment", "E", "-f", "--tail", "5", "shop/web"]),
        ("exec -it shop/web ls -l", ["exec", "-it", "shop/web", "ls", "-l"]),
        ("deactivate shop/web", ["stop", "shop/web"]), ("scale shop/web=3", ["scale", "shop/web=3"]),
    ])
    func ranchersCommandsAreOurs(line: String, expected: [String]) throws {
        #expect(try words(line) == expected)
    }

    @Test func rancherComposesNamesAreOfItsProject() throws {
        #expect(try words("-p Shop_1 logs web", as: .compose) == ["logs", "--stack", "shop-1", "web"])
        #expect(try words("stop web", as: .compose) == ["stop", "--stack", "my-shop", "web"])
        #expect(try words("-f deploy/x.yml down", as: .compose) == ["stop", "--stack", "deploy"])
    }
}

@Suite struct StackFileFinderTests {
    private func finder(_ files: Set<String>, script: String? = nil) -> StackFileFinder {
        StackFileFinder(workingDirectory: "/app", scriptFolder: script, exists: { files.contains($0) })
    }

    @Test func looksWhereItIsCalledThenBesideTheScript() throws {
        let both: Set = [
            "/app/docker_compose.yml", "/app/deploy/docker-compose.yml", "/app/deploy/rancher_compose.yml",
        ]
        #expect(
            try finder(both, script: "/app/deploy").find(UpArguments()) == .init(composeFiles: ["docker_compose.yml"]))
        let deploy = both.subtracting(["/app/docker_compose.yml"])
        let found = try finder(deploy, script: "deploy").find(UpArguments())
        #expect(
            found
                == .init(
                    composeFiles: ["deploy/docker-compose.yml"], rancherFile: "deploy/rancher_compose.yml"))
        #expect(finder(deploy).stackName(UpArguments(), found) == "deploy")
    }

    @Test func takesWhatIsNamed() throws {
        let files: Set = [
            "/app/a.yml", "/x/b.yml", "/app/r.yml", "/app/docker-compose.yml", "/app/docker-compose.override.yml",
        ]
        let named = UpArguments(files: ["a.yml", "/x/b.yml", "-"], rancherFile: "./r.yml")
        #expect(try finder(files).find(named) == .init(composeFiles: ["a.yml", "/x/b.yml", "-"], rancherFile: "r.yml"))
        #expect(
            try finder(files).find(UpArguments()).composeFiles == ["docker-compose.yml", "docker-compose.override.yml"])
    }

    @Test func namesWhatItLookedFor() {
        let error = #expect(throws: Failure.self) { try finder([], script: "/app/deploy").find(UpArguments()) }
        #expect(error?.message == "there is no compose file in /app or /app/deploy")
        #expect(error?.hint?.contains("docker-compose.yml, docker-compose.yaml, docker_compose.yml") ?? false)
        let named = #expect(throws: Failure.self) { try finder([]).find(UpArguments(files: ["a.yml"])) }
        #expect(named?.hint == "looked for /app/a.yml")
    }

    @Test(arguments: [
        ("My_Stack 1", "my-stack-1"), ("_x", "x-x"), (".hidden", "x-hidden"),
        ("360-micro-service", "360-micro-service"), ("é", "x-"),
    ])
    func normalisesStackNames(name: String, expected: String) {
        #expect(StackFileFinder.normalised(name) == expected)
    }
}
