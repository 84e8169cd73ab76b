/// compose's `deploy`.
extension EngineTable {
    static let deploy: [EngineRow] = [
        EngineRow(
            .service, "deploy.replicas", docker: "Slipway's loop", swarm: "Mode.Replicated.Replicas",
            kubernetes: "spec.replicas"),
        EngineRow(
            .service, "deploy.mode", .of("replicated", "global"), docker: "one a host, by Slipway",
            swarm: "Mode.Replicated, Mode.Global", kubernetes: "Deployment, DaemonSet"),
        EngineRow(
            .service, "deploy.mode", .of("replicated-job"), docker: "not started again", swarm: "Mode.ReplicatedJob",
            kubernetes: "Job"),
        EngineRow(
            .service, "deploy.mode", .of("global-job"), docker: "not started again", swarm: "Mode.GlobalJob",
            kubernetes: .none),
        EngineRow(
            .service, "deploy.endpoint_mode", .of("vip"),
            docker: .warning("is ignored: names lead to the containers"), swarm: "EndpointSpec.Mode",
            kubernetes: "Service"),
        EngineRow(
            .service, "deploy.endpoint_mode", .of("dnsrr"), docker: "what it is", swarm: "EndpointSpec.Mode",
            kubernetes: "headless Service"),
        EngineRow(
            .service, "deploy.labels", docker: "kept with the service", swarm: "ServiceSpec.Labels",
            kubernetes: "metadata.labels of the Deployment"),
        EngineRow(
            .service, "deploy.resources.limits.cpus deploy.resources.limits.memory", docker: "HostConfig",
            swarm: "Resources.Limits", kubernetes: "resources.limits"),
        EngineRow(
            .service, "deploy.resources.limits.pids", docker: "HostConfig.PidsLimit", swarm: "Resources.Limits.Pids",
            kubernetes: .refused("is the node's to say")),
        EngineRow(
            .service, "deploy.resources.reservations.memory", docker: "HostConfig.MemoryReservation",
            swarm: "Resources.Reservations", kubernetes: "resources.requests"),
        EngineRow(
            .service, "deploy.resources.reservations.cpus",
            docker: .warning("keeps nothing free: an engine has no scheduler"), swarm: "Resources.Reservations",
            kubernetes: "resources.requests"),
        EngineRow(
            .service, "deploy.resources.reservations.devices", docker: "HostConfig.DeviceRequests", swarm: .none,
            kubernetes: .refused("needs a device plug-in", hint: "deploy to Docker Engine")),
        EngineRow(
            .service, "deploy.resources.reservations.generic_resources", docker: .none,
            swarm: "Resources.Reservations.GenericResources", kubernetes: .none),
        EngineRow(
            .service, "deploy.restart_policy.condition", .of("any"), docker: "Slipway's loop",
            swarm: "TaskTemplate.RestartPolicy", kubernetes: "restartPolicy"),
        EngineRow(
            .service, "deploy.restart_policy.condition", .of("none", "on-failure"), docker: "HostConfig.RestartPolicy",
            swarm: "TaskTemplate.RestartPolicy",
            kubernetes: .refused("can't be: what a Deployment runs is always brought back")),
        EngineRow(
            .service,
            "deploy.restart_policy.delay deploy.restart_policy.max_attempts deploy.restart_policy.window",
            docker: "Slipway's loop", swarm: "TaskTemplate.RestartPolicy",
            kubernetes: .warning("is ignored: the kubelet has a back-off of its own")),
        EngineRow(
            .service, "deploy.update_config deploy.rollback_config", docker: "Slipway's rollout",
            swarm: "UpdateConfig, RollbackConfig", kubernetes: "strategy.rollingUpdate"),
        EngineRow(
            .service, "deploy.update_config.failure_action deploy.rollback_config.failure_action",
            .of("pause", "continue"), docker: .warning("is ignored: a rollout that fails is rolled back"),
            swarm: "UpdateConfig.FailureAction",
            kubernetes: .warning("is ignored: a rollout that fails is rolled back")),
        EngineRow(
            .service, "deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio",
            docker: .warning("is ignored: one container that fails is enough"), swarm: "UpdateConfig.MaxFailureRatio",
            kubernetes: .warning("is ignored: one container that fails is enough")),
        EngineRow(
            .service, "deploy.placement.constraints", docker: "hosts chosen by Slipway", swarm: "Placement.Constraints",
            kubernetes: "nodeAffinity"),
        EngineRow(
            .service, "deploy.placement.preferences", docker: "hosts chosen by Slipway", swarm: "Placement.Preferences",
            kubernetes: "topologySpreadConstraints"),
        EngineRow(
            .service, "deploy.placement.max_replicas_per_node", docker: "hosts chosen by Slipway",
            swarm: "Placement.MaxReplicas", kubernetes: "topologySpreadConstraints"),
    ]
}
