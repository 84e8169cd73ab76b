/// Rights and namespaces of a container.
extension EngineTable {
    static let isolation: [EngineRow] = [
        EngineRow(
            .service, "privileged", .on, docker: "HostConfig.Privileged", swarm: .none,
            kubernetes: "securityContext.privileged"),
        EngineRow(
            .service, "cap_add cap_drop", docker: "HostConfig.CapAdd, CapDrop",
            swarm: "ContainerSpec.CapabilityAdd, CapabilityDrop", kubernetes: "securityContext.capabilities"),
        EngineRow(
            .service, "security_opt", .securityOption(isKnown: true), docker: "HostConfig.SecurityOpt",
            swarm: "ContainerSpec.Privileges",
            kubernetes: "seLinuxOptions, seccompProfile, appArmorProfile, allowPrivilegeEscalation"),
        EngineRow(
            .service, "security_opt", .securityOption(isKnown: false), docker: "HostConfig.SecurityOpt", swarm: .none,
            kubernetes: .none),
        EngineRow(
            .service, "read_only", .on, docker: "HostConfig.ReadonlyRootfs", swarm: "ContainerSpec.ReadOnly",
            kubernetes: "securityContext.readOnlyRootFilesystem"),
        EngineRow(.service, "pid", .of("host"), docker: "HostConfig.PidMode", swarm: .none, kubernetes: "hostPID"),
        EngineRow(
            .service, "pid", .ofSidekick, docker: "HostConfig.PidMode", swarm: .none,
            kubernetes: .warning("is shared by all containers of the pod")),
        EngineRow(
            .service, "pid", .ofAnother, docker: notOfUnit, swarm: .none, kubernetes: notOfPod),
        EngineRow(.service, "ipc", .of("host"), docker: "HostConfig.IpcMode", swarm: .none, kubernetes: "hostIPC"),
        EngineRow(
            .service, "ipc", .of("shareable"), docker: "HostConfig.IpcMode", swarm: .none,
            kubernetes: "shared in the pod"),
        EngineRow(
            .service, "ipc", .ofSidekick, docker: "HostConfig.IpcMode", swarm: .none, kubernetes: "shared in the pod"),
        EngineRow(
            .service, "ipc", .ofAnother, docker: notOfUnit, swarm: .none, kubernetes: notOfPod),
        EngineRow(.service, "uts", docker: "HostConfig.UTSMode", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "userns_mode", docker: "HostConfig.UsernsMode", swarm: .none, kubernetes: "hostUsers"),
        EngineRow(
            .service, "cgroup cgroupns_mode", docker: "HostConfig.CgroupnsMode", swarm: .none, kubernetes: .none),
        EngineRow(.service, "cgroup_parent", docker: "HostConfig.CgroupParent", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "devices", docker: "HostConfig.Devices", swarm: .none,
            kubernetes: .refused("needs a device plug-in", hint: "deploy to Docker Engine")),
        EngineRow(
            .service, "device_cgroup_rules", docker: "HostConfig.DeviceCgroupRules", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "gpus", docker: "HostConfig.DeviceRequests",
            swarm: .refused("has no equivalent", hint: "use deploy.resources.reservations.generic_resources"),
            kubernetes: .refused("needs a device plug-in", hint: "deploy to Docker Engine")),
        EngineRow(
            .service, "sysctls", docker: "HostConfig.Sysctls", swarm: "ContainerSpec.Sysctls",
            kubernetes: "securityContext.sysctls"),
        EngineRow(.service, "ulimits", docker: "HostConfig.Ulimits", swarm: "ContainerSpec.Ulimits", kubernetes: .none),
        EngineRow(
            .service, "runtime", docker: "HostConfig.Runtime", swarm: .none,
            kubernetes: .warning("must be the name of a RuntimeClass of the cluster")),
        EngineRow(
            .service, "isolation", .text("not default") { $0 != "default" }, docker: windows, swarm: windows,
            kubernetes: windows),
        EngineRow(
            .service, "isolation", .of("default"), docker: "what it is", swarm: "what it is", kubernetes: "what it is"),
        EngineRow(.service, "credential_spec", docker: windows, swarm: windows, kubernetes: windows),
    ]
}

extension EngineForm {
    /// `no-new-privileges:true`, `seccomp=…`, `apparmor=…`, `label=…`, or another.
    static func securityOption(isKnown: Bool) -> EngineForm {
        let known = ["no-new-privileges", "seccomp", "apparmor", "label"]
        return items(isKnown ? known.joined(separator: ", ") : "another") { item, _ in
            known.contains(String((item.text ?? "").prefix { $0 != ":" && $0 != "=" })) == isKnown
        }
    }
}
