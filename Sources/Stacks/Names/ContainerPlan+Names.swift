import Engines
import Glibc
import Model
import NameServer

extension ContainerPlan {
    /// Has the container ask `server` first for the names that its service calls. A service with resolvers of its own, or
    /// whose name is none that a domain can have, is left as it is.
    ///
    /// - Parameters:
    ///   - asker: Name of the service; a sidekick, whose links are others, has none.
    ///   - domains: Those that the machine searches; the container's own go first.
    mutating func ask(_ server: String, as asker: String?, of stack: String, searching domains: [String]) {
        let asker = asker ?? "-"
        guard dns.isEmpty, [asker, stack].allSatisfy({ !$0.contains(".") && $0.utf8.count <= 63 }) else { return }
        var networking = networking ?? ContainerNetworking()
        let others = networking.dnsSearch.isEmpty ? domains : networking.dnsSearch
        networking.dnsSearch = ["\(asker).\(stack).\(NameBook.domain)"] + others
        // `service.stack` is to be searched too; and where nobody answers, the engine's own names are to be tried soon.
        for (option, value) in [("ndots", 2), ("timeout", 2), ("attempts", 2)]
        where !networking.dnsOptions.contains(where: { $0.hasPrefix("\(option):") }) {
            networking.dnsOptions.append("\(option):\(value)")
        }
        self.networking = networking
        dns = [server]
    }

    /// The name server of an environment: a program of our own user's, whose file it reads, without any rights, on a disk that
    /// it can't write to.
    static func nameServer(
        of environment: Environment, instance: String, image: String, folder: String, network: String, address: String
    ) -> ContainerPlan {
        var plan = ContainerPlan(
            // Like the network's, a name that no container of a stack can have.
            name: "slipway_\(environment.name)_names_\(instance)", image: image,
            entrypoint: ["/slipway-agent", "names", "/names/names"],
            labels: [Label.instance: instance, Label.names: environment.name],
            volumes: [VolumeMount(source: folder, target: "/names", readOnly: true)], network: network,
            user: "\(geteuid()):\(getegid())", readOnly: true, capDrop: ["ALL"], memoryLimit: 64 << 20,
            initProcess: false, restart: "always")
        plan.address = address
        plan.isolation = ContainerIsolation()
        plan.isolation?.securityOptions = ["no-new-privileges"]
        // Port 53 is anybody's in there.
        plan.isolation?.sysctls = ["net.ipv4.ip_unprivileged_port_start": "0"]
        return plan
    }
}
