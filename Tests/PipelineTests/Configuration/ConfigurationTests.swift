import Model
import Testing

@testable import Pipeline

func repository(_ files: [String: String], executable: Set<String> = []) -> RepositoryFiles {
    RepositoryFiles(text: { files[$0] }, isExecutable: { executable.contains($0) })
}

private func read(_ slipway: String, _ others: [String: String] = [:]) -> PipelineConfiguration {
    ConfigurationReader.read(repository(others.merging(["slipway.yml": slipway]) { $1 }), app: "orders")
}

@Suite struct ConfigurationTests {
    @Test func readsEverySection() {
        let configuration = read(
            """
            test:
              image: acme/python-build
              services:
                - postgres:15
                - {image: r.io:5000/redis:7, name: cache, environment: {A: 1}, command: redis-server --save ""}
                - {build: {dockerfile: Dockerfile.db}, name: db}
              environment: [B=2]
              no_output_timeout: 2m
              time_limit: 1.25h
              results: reports
              steps:
                - python3 -m pytest
                - run: make lint
                - run: {name: Unit, command: make unit, shell: /bin/bash -e, when: always, no_output_timeout: 30}
                - {name: Fail, command: "echo x", when: on_fail, environment: {C: 3}, working_directory: app, background: yes}
            image: {name: acme/orders, dockerfile: docker/Dockerfile, context: app, target: run, args: {V: 1}}
            machine: {environment: {ENV: prod}, directory: ops}
            deploy:
              pre: [echo pre]
              override: ["./deploy.sh", {"./slow.sh": {timeout: 20m}}]
              post: [echo post]
            rollback: {override: [./back.sh]}
            rollout: {settle: 10s, deadline: 10m, drain: 500ms, park: 1h}
            """, ["docker/Dockerfile": "FROM x"])
        #expect(configuration.findings.isEmpty)
        #expect(
            configuration.test
                == TestPlan(
                    image: "acme/python-build",
                    services: [
                        ServicePlan(image: "postgres:15", name: "postgres"),
                        ServicePlan(
                            image: "r.io:5000/redis:7", name: "cache", environment: ["A": "1"],
                            command: ["redis-server", "--save", ""]),
                        ServicePlan(build: ImageBuild(dockerfile: "Dockerfile.db"), name: "db"),
                    ],
                    environment: ["B": "2"],
                    steps: [
                        StepPlan(command: "python3 -m pytest", inactivityTimeout: 120),
                        StepPlan(command: "make lint", inactivityTimeout: 120),
                        StepPlan(
                            name: "Unit", command: "make unit", shell: "/bin/bash -e", condition: .always,
                            inactivityTimeout: 30),
                        StepPlan(
                            name: "Fail", command: "echo x", environment: ["C": "3"], workingDirectory: "app",
                            condition: .onFail,
                            inactivityTimeout: 120, background: true),
                    ],
                    timeLimit: 4500, results: "reports"))
        #expect(
            configuration.image
                == ImagePlan(
                    name: "acme/orders", dockerfile: "docker/Dockerfile", context: "app", target: "run",
                    args: ["V": "1"]))
        #expect(configuration.deploy.map(\.command) == ["echo pre", "./deploy.sh", "./slow.sh", "echo post"])
        #expect(configuration.deploy.map(\.inactivityTimeout) == [300, 300, 1200, 300])
        #expect(configuration.rollback?.map(\.command) == ["./back.sh"])
        #expect(configuration.directory == "ops" && configuration.environment == ["ENV": "prod"])
        #expect(
            configuration.rollout == RolloutDefaults(settle: 10_000, deadline: 600_000, drain: 500, park: 3_600_000))
    }

    @Test func readsTheExampleOfTheDesign() {
        let configuration = read(
            """
            test:                                  # or .circleci/config.yml
              image: acme/python-build             # primary container
              services: [{image: postgres:15, environment: {POSTGRES_PASSWORD: test}}]
              steps: [python3 -m pytest --junitxml=reports/junit.xml]
              results: reports                     # JUnit XML
            image:
              name: registry.example.com/acme/orders
            rollout: {settle: 10s, deadline: 10m, drain: 30s, park: 1h}   # the defaults
            schema:
              paths: [migrations/**]
              policy: block                        # block | warn | off
            deploy:
              override: [./deploy/deploy.sh]
            watch:                                 # after the rollout
              for: 5m
              on_failure: rollback                 # rollback | ask
            """, ["Dockerfile": "FROM x"])
        #expect(
            configuration.findings.map(\.description) == [
                "slipway.yml:9:1: warning: \"schema\" is read but not used yet",
                "slipway.yml:14:1: warning: \"watch\" is read but not used yet",
            ])
        #expect(configuration.image?.name == "registry.example.com/acme/orders")
        #expect(configuration.test?.timeLimit == 3600 && configuration.test?.steps.first?.inactivityTimeout == 600)
        #expect(configuration.rollout.applied(to: RolloutOptions()) == RolloutOptions())
    }

    @Test func deploysHaveTimesOfTheirOwn() {
        let files = ["deploy/deploy.sh": "true\n"]
        let plain = read("", files)
        #expect(plain.deploy.map(\.inactivityTimeout) == [300])
        #expect(plain.deployTimeLimit == nil && plain.rollbackTimeLimit == nil)
        let app = read(
            "deploy: {no_output_timeout: 90s, time_limit: 1h, pre: ['true', {long: {timeout: 20m}}]}\n", files)
        #expect(app.deploy.map(\.inactivityTimeout) == [90, 1200, 90])
        #expect(app.deployTimeLimit == 3600)
        let back = read("deploy: {time_limit: 1h}\nrollback: {override: [back], no_output_timeout: 5}\n", files)
        #expect(back.rollback?.map(\.inactivityTimeout) == [5] && back.rollbackTimeLimit == 3600)
        #expect(
            read("deploy: {time_limit: 0}\n", files).findings.map(\.description)
                == ["slipway.yml:1:22: error: deploy.time_limit must be more than nothing"])
    }

    private static let compose = "web:\n  image: acme/orders:${REVISION}\n"

    @Test func worksWithoutASlipwayFile() {
        let files = ["Dockerfile": "FROM x", "docker_compose.yml": Self.compose]
        let configuration = ConfigurationReader.read(repository(files), app: "orders")
        #expect(configuration.image == ImagePlan(name: "acme/orders"))
        #expect(configuration.deploy.map(\.command) == ["slipway up --stack orders --upgrade -d"])
        #expect(configuration.deploy.map(\.inactivityTimeout) == [300])
        #expect(configuration.rollback == nil && configuration.test == nil && configuration.findings.isEmpty)
    }

    @Test func runsTheDeployScriptThatIsThere() {
        let files = [
            "deploy/deploy.sh": "#!/bin/sh", "deploy/docker_compose.yml": Self.compose, "Dockerfile": "FROM x",
        ]
        let plain = ConfigurationReader.read(repository(files), app: "o")
        #expect(plain.deploy.map(\.command) == ["bash deploy/deploy.sh"])
        #expect(plain.image?.name == "acme/orders")
        let executable = ConfigurationReader.read(repository(files, executable: ["deploy/deploy.sh"]), app: "o")
        #expect(executable.deploy.map(\.command) == ["./deploy/deploy.sh"])
        let noScript = repository(["deploy/docker_compose.yml": Self.compose])
        #expect(
            ConfigurationReader.read(noScript, app: "o").deploy.map(\.command) == [
                "slipway up --file deploy/docker_compose.yml --stack o --upgrade -d"
            ])
        #expect(ConfigurationReader.read(repository([:]), app: "o").deploy.isEmpty)
    }

    @Test func prefersTheComposeFileThatIsTaggedWithTheRevision() {
        let files = [
            "compose.yaml": "db: {image: 'pg:15'}", "deploy/compose.yml": Self.compose, "Dockerfile": "FROM x",
        ]
        let configuration = ConfigurationReader.read(repository(files), app: "o")
        #expect(configuration.image?.name == "acme/orders")
        #expect(configuration.deploy.map(\.command) == ["slipway up --file deploy/compose.yml --stack o --upgrade -d"])
    }

    @Test func putsPreAndPostAroundWhatIsThere() {
        let files = ["deploy/deploy.sh": ""]
        let configuration = read("deploy: {pre: [a], post: [b]}\nrollback: {post: [c]}", files)
        #expect(configuration.deploy.map(\.command) == ["a", "bash deploy/deploy.sh", "b"])
        #expect(configuration.rollback?.map(\.command) == ["a", "bash deploy/deploy.sh", "b", "c"])
        #expect(read("deploy: {pre: [a]}").deploy.isEmpty)
        #expect(read("deploy: {override: []}", files).deploy.isEmpty)
    }

    @Test(arguments: [
        ("tests: {steps: [a]}", "slipway.yml:1:1: error: unknown key \"tests\" (did you mean \"test\"?)"),
        (
            "test: {steps: [a], imag: x}",
            "slipway.yml:1:20: error: unknown key \"imag\" in test (did you mean \"image\"?)"
        ),
        ("test: {image: x}", "slipway.yml:1:7: error: test has no steps"),
        ("test: [a]", "slipway.yml:1:7: error: test must be a mapping, not a list"),
        (
            "test: {steps: [a], time_limit: soon}",
            "slipway.yml:1:32: error: test.time_limit must be a time, not \"soon\" (as in 90s, 5m, 1h30m, or a number of seconds)"
        ),
        ("test: {steps: [{run: {name: x}}]}", "slipway.yml:1:22: error: a step of test.steps has no command"),
        (
            "test: {steps: [{command: x, when: never}]}",
            "slipway.yml:1:35: error: when is \"never\" (valid here: always, on_fail, on_success)"
        ),
        (
            "test: {steps: [a], services: [{name: x}]}",
            "slipway.yml:1:31: error: a service of test needs an image or a build, and not both"
        ),
        (
            "test: {steps: [a], services: [pg:1, pg:2]}",
            "slipway.yml:1:30: error: two of test.services have the name \"pg\" (give one of them a name)"
        ),
        (
            "test: {steps: [a], results: ../x}",
            "slipway.yml:1:29: error: test.results is \"../x\", which leads out of the repository"
        ),
        (
            "test: {steps: [a], image: A/b}",
            "slipway.yml:1:27: error: test.image: \"A/b\" is no image name (names are lower-case)"
        ),
        (
            "deploy:\n  override:\n    - echo status: ok",
            "slipway.yml:3:7: error: a step of deploy.override is a mapping: \"echo status\" (a command that holds \": \" needs quotes; options are written as \"command: {timeout: 300}\")"
        ),
        (
            "rollout: {park: -1}",
            "slipway.yml:1:17: error: rollout.park must be a time, not \"-1\" (as in 90s, 5m, 1h30m, or a number of seconds)"
        ),
        (
            "image: acme/x:1",
            "slipway.yml:1:8: error: image: \"acme/x:1\" has a tag (leave it out: the tag is always the commit's SHA)"
        ),
        ("machine: {environment: {A: [1]}}", "slipway.yml:1:28: error: machine.environment.A must be text, not a list"),
        ("deploy: {}\ndeploy: {}", "slipway.yml:2:1: error: the key \"deploy\" is given twice, first in line 1"),
        (
            "a: [",
            "slipway.yml:2:1: error: is not valid YAML: did not find expected node content, while parsing a flow node"
        ),
    ])
    func saysWhatIsWrong(text: String, expected: String) {
        #expect(
            read(text, ["Dockerfile": "FROM x", "compose.yaml": Self.compose]).findings.map(\.description) == [expected]
        )
    }

    @Test func imagesThatCantBeBuiltAreSaid() {
        #expect(
            read("image: {dockerfile: D}").findings.map(\.description) == [
                "slipway.yml:1:8: error: image: there is no D in the repository (image: false builds none)"
            ])
        let unnamed = read("", ["Dockerfile": "FROM x"])
        #expect(unnamed.image == nil && unnamed.findings.count == 1 && !unnamed.hasErrors)
        #expect(read("image: false", ["Dockerfile": "FROM x", "compose.yaml": Self.compose]).image == nil)
    }

    @Test func stepsAreNamedAfterTheirFirstLine() {
        #expect(StepPlan(command: "make\nmake test").name == "make")
        #expect(StepPlan(command: String(repeating: "x", count: 200)).name.count == 80)
    }
}

@Suite struct RepositoryCheckTests {
    @Test func readsAllFilesOfBothFolders() {
        let report = RepositoryCheck.run(
            repository([
                "slipway.yml": "watch: {for: 5m}\nmachine: {environment: {KNOWN: x}}\n",
                "docker-compose.yml":
                    "a: {image: 'x:${REVISION}', hostname: '${KNOWN}', user: '${GIVEN}', env_file: e}",
                "e": "A=1",
                "deploy/docker_compose.yml": "b: {image: 'x:${REVISION}', user: '${MISSING}'}",
                "deploy/rancher_compose.yml": "b: {scale: two}",
            ]), variables: ["GIVEN": "y"])
        #expect(
            report.files == [
                "slipway.yml", "docker-compose.yml", "deploy/docker_compose.yml", "deploy/rancher_compose.yml",
            ])
        #expect(
            report.findings.map(\.description) == [
                "slipway.yml:1:1: warning: \"watch\" is read but not used yet",
                "deploy/docker_compose.yml:1:35: error: service \"b\": user: the variable MISSING is not set "
                    + "(give it in machine.environment, or to the check with --set)",
                "deploy/rancher_compose.yml:1:12: error: service \"b\": scale must be a whole number from 0 to 1000, not \"two\"",
            ])
        #expect(report.hasErrors)
    }

    @Test func anEmptyFolderIsAWarning() {
        let report = RepositoryCheck.run(repository([:]))
        #expect(report.findings.count == 1 && !report.hasErrors)
    }
}
