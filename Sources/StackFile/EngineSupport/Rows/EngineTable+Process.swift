/// What runs in a container.
extension EngineTable {
    static let process: [EngineRow] = [
        EngineRow(
            .service, "image", docker: "Config.Image", swarm: "ContainerSpec.Image", kubernetes: "container image"),
        EngineRow(
            .service, "build dockerfile", docker: notBuilt, swarm: notBuilt, kubernetes: notBuilt),
        EngineRow(
            .service, "command", docker: "Config.Cmd", swarm: "ContainerSpec.Args", kubernetes: "container args"),
        EngineRow(
            .service, "entrypoint", docker: "Config.Entrypoint", swarm: "ContainerSpec.Command",
            kubernetes: "container command"),
        EngineRow(
            .service, "environment", docker: "Config.Env", swarm: "ContainerSpec.Env", kubernetes: "container env"),
        EngineRow(
            .service, "env_file", docker: "read here: Config.Env", swarm: "read here: ContainerSpec.Env",
            kubernetes: "read here: container env"),
        EngineRow(
            .service, "working_dir", docker: "Config.WorkingDir", swarm: "ContainerSpec.Dir",
            kubernetes: "container workingDir"),
        EngineRow(
            .service, "user", .number, docker: "Config.User", swarm: "ContainerSpec.User",
            kubernetes: "securityContext.runAsUser, runAsGroup"),
        EngineRow(
            .service, "user", .userName, docker: "Config.User", swarm: "ContainerSpec.User",
            kubernetes: .refused("must be a number", hint: "1000, or 1000:1000")),
        EngineRow(
            .service, "group_add", .groupNames, docker: "HostConfig.GroupAdd", swarm: "ContainerSpec.Groups",
            kubernetes: .refused("must be numbers", hint: "the group's number")),
        EngineRow(
            .service, "group_add", docker: "HostConfig.GroupAdd", swarm: "ContainerSpec.Groups",
            kubernetes: "securityContext.supplementalGroups"),
        EngineRow(.service, "tty", docker: "Config.Tty", swarm: "ContainerSpec.TTY", kubernetes: "container tty"),
        EngineRow(
            .service, "stdin_open", docker: "Config.OpenStdin", swarm: "ContainerSpec.OpenStdin",
            kubernetes: "container stdin"),
        EngineRow(.service, "init", .on, docker: "HostConfig.Init", swarm: "ContainerSpec.Init", kubernetes: .none),
        EngineRow(
            .service, "stop_signal", .of("SIGTERM", "TERM", "15", named: "SIGTERM"), docker: "Config.StopSignal",
            swarm: "ContainerSpec.StopSignal", kubernetes: "what it sends"),
        EngineRow(
            .service, "stop_signal", .text("another") { !["SIGTERM", "TERM", "15"].contains($0) },
            docker: "Config.StopSignal", swarm: "ContainerSpec.StopSignal",
            kubernetes: .refused("has no equivalent", hint: "set STOPSIGNAL in the image, which the runtime obeys")),
        EngineRow(
            .service, "stop_grace_period", docker: "Config.StopTimeout", swarm: "ContainerSpec.StopGracePeriod",
            kubernetes: "terminationGracePeriodSeconds"),
        EngineRow(
            .service, "labels label_file", docker: "Config.Labels", swarm: "ContainerSpec.Labels",
            kubernetes: "labels where they are valid ones, else annotations"),
        EngineRow(
            .service, "annotations", docker: "HostConfig.Annotations", swarm: .none,
            kubernetes: "metadata.annotations"),
        EngineRow(
            .service, "healthcheck", docker: "Config.Healthcheck", swarm: "ContainerSpec.Healthcheck",
            kubernetes: "exec probes"),
        EngineRow(
            .service, "healthcheck.start_interval", docker: sameInterval, swarm: "ContainerSpec.Healthcheck",
            kubernetes: sameInterval),
        EngineRow(
            .service, "logging log_driver log_opt", docker: "HostConfig.LogConfig", swarm: "TaskTemplate.LogDriver",
            kubernetes: .warning("is ignored: nodes decide where logs go")),
    ]

    private static let sameInterval = EngineVerdict.warning("is ignored: a start has the interval of every probe")
    private static let notBuilt = EngineVerdict.warning("is ignored: a deploy runs the image that the build pushed")
}
