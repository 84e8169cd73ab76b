/// What a container may use of its machine.
extension EngineTable {
    static let resources: [EngineRow] = [
        EngineRow(
            .service, "mem_limit", docker: "HostConfig.Memory", swarm: "Resources.Limits.MemoryBytes",
            kubernetes: "resources.limits.memory"),
        EngineRow(
            .service, "mem_reservation", docker: "HostConfig.MemoryReservation",
            swarm: "Resources.Reservations.MemoryBytes", kubernetes: "resources.requests.memory"),
        EngineRow(
            .service, "memswap_limit mem_swappiness", docker: "HostConfig.MemorySwap, MemorySwappiness", swarm: .none,
            kubernetes: .none),
        EngineRow(
            .service, "cpu_shares", docker: "HostConfig.CpuShares", swarm: .none,
            kubernetes: .warning("is a request of so many 1024ths of a processor")),
        EngineRow(
            .service, "cpus", docker: "HostConfig.NanoCpus", swarm: "Resources.Limits.NanoCPUs",
            kubernetes: "resources.limits.cpu"),
        EngineRow(
            .service, "cpu_quota cpu_period", docker: "HostConfig.CpuQuota, CpuPeriod",
            swarm: "Resources.Limits.NanoCPUs", kubernetes: "resources.limits.cpu"),
        EngineRow(
            .service, "cpu_rt_period cpu_rt_runtime", docker: "HostConfig.CpuRealtimePeriod, CpuRealtimeRuntime",
            swarm: .none, kubernetes: .none),
        EngineRow(.service, "cpuset", docker: "HostConfig.CpusetCpus", swarm: .none, kubernetes: .none),
        EngineRow(.service, "cpu_count cpu_percent", docker: windows, swarm: windows, kubernetes: windows),
        EngineRow(
            .service, "pids_limit", docker: "HostConfig.PidsLimit", swarm: "Resources.Limits.Pids",
            kubernetes: .refused("is the node's to say")),
        EngineRow(
            .service, "shm_size", docker: "HostConfig.ShmSize",
            swarm: .refused("has no equivalent", hint: "mount a tmpfs on /dev/shm, under volumes"),
            kubernetes: "emptyDir in memory on /dev/shm"),
        EngineRow(
            .service, "oom_kill_disable", .on, docker: "HostConfig.OomKillDisable", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "oom_score_adj", docker: "HostConfig.OomScoreAdj", swarm: "ContainerSpec.OomScoreAdj",
            kubernetes: .none),
        EngineRow(
            .service, "blkio_config blkio_weight blkio_weight_device", docker: "HostConfig.Blkio*", swarm: .none,
            kubernetes: .none),
        EngineRow(
            .service, "device_read_bps device_read_iops device_write_bps device_write_iops",
            docker: "HostConfig.BlkioDevice*", swarm: .none, kubernetes: .none),
        EngineRow(
            .service, "milli_cpu_reservation", docker: .warning("keeps nothing free: an engine has no scheduler"),
            swarm: "Resources.Reservations.NanoCPUs", kubernetes: "resources.requests.cpu"),
    ]
}
