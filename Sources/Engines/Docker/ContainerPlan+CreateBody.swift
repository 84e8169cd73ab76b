import DockerAPI
import Model

extension ContainerPlan {
    /// What the engine is asked to create. Throws `.invalid` for a bind whose source is not an absolute path.
    func createBody() throws(Failure) -> CreateContainer {
        var host = CreateContainer.Host()
        var anonymous: [String: CreateContainer.Empty] = [:]
        for volume in volumes {
            guard let source = volume.source else {
                anonymous[volume.target] = .init()
                continue
            }
            guard !volume.isBind || source.hasPrefix("/") else {
                throw Failure(
                    .invalid, "The volume \(source):\(volume.target) of \(name) is relative",
                    hint: "Give an absolute path: the engine doesn't know where the file stood.")
            }
            host.binds.append("\(source):\(volume.target)" + (volume.readOnly ? ":ro" : ""))
        }
        for port in ports {
            let binding = CreateContainer.PortBinding(
                hostAddress: port.hostAddress ?? "", hostPort: port.hostPort.map(String.init) ?? "")
            host.portBindings[port.key, default: []].append(binding)
        }
        host.networkMode = network
        host.extraHosts = extraHosts
        host.dns = dns
        host.privileged = privileged
        host.readOnlyRoot = readOnly
        host.capAdd = capAdd
        host.capDrop = capDrop
        host.memory = memoryLimit
        host.cpuShares = cpuShares
        host.initProcess = initProcess
        host.restartPolicy = .init(name: restart)
        return CreateContainer(
            image: image, command: command, entrypoint: entrypoint, environment: environment, labels: labels,
            volumes: anonymous, exposedPorts: host.portBindings.mapValues { _ in .init() }, hostname: hostname,
            user: user, workingDirectory: workingDirectory, tty: tty, openStdin: stdinOpen, stopSignal: stopSignal,
            host: host, networking: hasOwnNetwork ? .init(endpoints: [network: .init(aliases: aliases)]) : nil)
    }

    /// Whether the network is one that someone made; only there containers have aliases.
    private var hasOwnNetwork: Bool {
        !["", "default", "bridge", "host", "none"].contains(network) && !network.hasPrefix("container:")
    }
}

extension PortMapping {
    /// `53/udp`, as the engine writes it.
    var key: String { "\(containerPort)/\(transport.rawValue)" }
}
