/// When containers begin, end and are replaced.
extension EngineTable {
    static let lifecycle: [EngineRow] = [
        EngineRow(
            .service, "restart", .of("always", "unless-stopped"), docker: "Slipway's loop",
            swarm: "TaskTemplate.RestartPolicy", kubernetes: "restartPolicy"),
        EngineRow(
            .service, "restart",
            .scalar("no, on-failure") { $0.bool == false || $0.text?.hasPrefix("on-failure") == true },
            docker: "HostConfig.RestartPolicy of what runs once", swarm: "TaskTemplate.RestartPolicy",
            kubernetes: .refused(
                "can't be: what a Deployment runs is always brought back",
                hint: "io.rancher.container.start_once makes it a Job")),
        EngineRow(
            .service, "container_name", .single, docker: "a name in its network", swarm: unnamed, kubernetes: unnamed),
        EngineRow(
            .service, "container_name", .scaled,
            docker: .warning("is ignored: more than one container can't have it"), swarm: unnamed, kubernetes: unnamed),
        EngineRow(
            .service, "depends_on", docker: "the order of starts", swarm: unordered, kubernetes: unordered),
        EngineRow(
            .service, "scale", docker: "Slipway's loop", swarm: "Mode.Replicated.Replicas", kubernetes: "spec.replicas"),
        EngineRow(
            .service, "scale_policy", docker: "the least of it, or the scale", swarm: .none,
            kubernetes: .refused("has no equivalent", hint: "use a HorizontalPodAutoscaler")),
        EngineRow(
            .service, "start_on_create", .off, docker: "created, and left alone", swarm: "no replicas",
            kubernetes: "no replicas"),
        EngineRow(
            .service, "pull_policy", .of("always"), docker: "pulled first", swarm: "a digest at each update",
            kubernetes: "imagePullPolicy"),
        EngineRow(
            .service, "pull_policy", .of("missing", "if_not_present", "never"), docker: "as the image is there",
            swarm: "as the image is there", kubernetes: "imagePullPolicy"),
        EngineRow(
            .service, "pull_policy", .of("build"), docker: notPulled, swarm: notPulled, kubernetes: notPulled),
        EngineRow(
            .service, "health_check", docker: "probed by Slipway",
            swarm: .warning(
                "is probed by Slipway, but an update of the swarm doesn't wait for it",
                hint: "give healthcheck too, which it waits for"),
            kubernetes: "readiness, liveness and startup probes"),
        EngineRow(
            .service, "health_check.request_line", .text("not GET") { !$0.hasPrefix("GET ") && !$0.hasPrefix("/") },
            docker: "probed by Slipway", swarm: "probed by Slipway", kubernetes: .refused("must be a GET")),
        EngineRow(
            .service, "health_check.strategy", .of("recreateOnQuorum"), docker: "Slipway's loop",
            swarm: "Slipway's loop",
            kubernetes: .refused("can't be recreateOnQuorum", hint: "a PodDisruptionBudget is near to it")),
        EngineRow(
            .service, "upgrade_strategy", docker: "Slipway's rollout", swarm: "UpdateConfig",
            kubernetes: "strategy.rollingUpdate"),
        EngineRow(
            .service, "drain_timeout_ms", .positive, docker: "between the edge and the stop",
            swarm: .refused("has no equivalent", hint: "use stop_grace_period"), kubernetes: "lifecycle.preStop"),
        EngineRow(.service, "retain_ip", .on, docker: "NetworkingConfig", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "post_start", docker: "run by Slipway", swarm: .none, kubernetes: "lifecycle.postStart"),
        EngineRow(.service, "pre_stop", docker: "run by Slipway", swarm: .none, kubernetes: "lifecycle.preStop"),
        EngineRow(
            .service, "platform", docker: "of the pull and the container", swarm: "Placement.Platforms",
            kubernetes: "nodeSelector"),
    ]

    private static let unnamed = EngineVerdict.warning("is ignored: the engine names its containers")
    private static let unordered = EngineVerdict.warning(
        "is ignored: all start at once, and try until the others are there")
    private static let notPulled = EngineVerdict.refused(
        "can't be build: a deploy runs the image that the build pushed", hint: "always, or missing")
}
