import DockerAPI
import Model

/// An engine that is killed while it starts a container leaves the container's first process, `runc init`, to containerd.
/// No engine knows of it afterwards, and the API has no call that ends it. It never becomes the container's program, but
/// it holds its place in the network: the engine gives its address to another container, and whoever calls that one may
/// be refused by this one.
extension DockerEngine {
    /// Ends what a container that doesn't run has left; false where nothing may run on the engine's machine for it, or
    /// could.
    @discardableResult
    func endLeftovers(of id: String) async throws -> Bool {
        guard let agent else { return false }
        do {
            let image = try agent.name()
            try await ensureImage(image) { try agent.files() }
            let name = "slipway_leftovers_\(id.prefix(12))"
            // The engine may have died once more before it had started that one.
            try await unlessGone { try await docker.removeContainer(name) }
            let helper = try await docker.createContainer(name, ContainerPlan.leftovers(of: id, image: image))
            try await docker.startContainer(helper)
            try await unlessGone { try await docker.waitForRemoval(of: helper) }
            return true
        } catch let failure as Failure where failure.code != .unavailable && failure.code != .timedOut {
            try Task.checkCancellation()
            return false
        }
    }
}

extension ContainerPlan {
    /// Sees all processes of the machine, and may do nothing but end them.
    static func leftovers(of id: String, image: String) throws -> CreateContainer {
        var plan = ContainerPlan(
            name: "", image: image, entrypoint: ["/slipway-agent", "end", id], network: "none", readOnly: true,
            capAdd: ["KILL"], capDrop: ["ALL"], memoryLimit: 64 << 20, initProcess: false)
        plan.isolation = ContainerIsolation()
        plan.isolation?.pid = "host"
        plan.isolation?.userNamespace = "host"
        // AppArmor's and SELinux's rules for containers allow no signal to a process of another.
        plan.isolation?.securityOptions = ["no-new-privileges", "apparmor=unconfined", "label=disable"]
        var body = try plan.createBody()
        body.host.removesItself = true
        return body
    }
}
