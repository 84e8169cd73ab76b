import Client
import Foundation
import Glibc
import Model
import Pipeline
import Subprocess
import Supervisor
import SystemPackage

/// What a demo starts, and how all of it is stopped again.
struct DemoWorld: Sendable {
    let folder: String
    let port: Int
    let engine: String

    var data: DataDirectory { DataDirectory("\(folder)/data") }
    var url: String { "http://127.0.0.1:\(port)" }
    var log: String { "\(folder)/server.log" }
    private var server: Daemon { Daemon(name: "server", pidDirectory: folder, logPath: log) }

    var client: SlipwayClient {
        get throws { try SlipwayClient(ClientSettings.discover(environment: [:], dataDirectory: data.path)) }
    }

    /// Starts the server.
    func start() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        _ = try server.start([
            try OwnExecutable.path(), "serve", "--data", data.path, "--port", String(port), "--engine", engine,
        ])
    }

    /// The admin's password, as the server printed it at its first start.
    var password: String? {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.firstMatch(of: /with the password (\S+)/).map { String($0.1) }
    }

    var isRunning: Bool { server.isRunning() }

    func tellWhatToTry() {
        let slipway = (try? OwnExecutable.path()) ?? "slipway"
        Terminal.print(
            """

            \(Terminal.styled("Slipway is at \(url)", .bold))
              sign in as   admin
              password     \(password ?? "see \(log)")

            What to try:
              open         \(url)/targets/orders/production   and roll back, or deploy again
              the service  curl http://127.0.0.1:8090/health
              push         git clone http://x:<token>@127.0.0.1:\(port)/git/orders.git
                           (a token: \(slipway) tokens create me --data \(data.path))
              kill it      kill -9 \(server.pid ?? 0) while it deploys, start it again:
                           \(slipway) serve --data \(data.path) --port \(port)

            Ctrl-C stops everything and removes it.
            """)
    }

    func tailOfLog() -> String {
        ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(20).joined(
            separator: "\n")
    }

    /// Stops the server, the edge, the registry and the containers of this installation, and removes the folder.
    func stop() async {
        await server.stop(grace: .seconds(10))
        let instance = (try? data.instance()) ?? "none"
        for (daemon, pidDirectory) in [
            ("registry", data.daemonFolder), ("keeper", data.edge), ("haproxy", data.edge),
            ("keeper", data.front), ("haproxy", data.front),
        ] {
            await Daemon(name: daemon, pidDirectory: pidDirectory, logPath: "/dev/null").stop(grace: .seconds(5))
        }
        await docker(removing: instance)
        SecretFolder.removeLeftovers(ofInstance: instance, except: [])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Removes containers, volumes and networks by this installation's label.
    private func docker(removing instance: String) async {
        let script = """
            containers=$(docker ps -aq --filter "label=dev.slipway.instance=$INSTANCE")
            [ -z "$containers" ] || docker rm --force --volumes $containers
            networks=$(docker network ls -q --filter "label=dev.slipway.instance=$INSTANCE")
            [ -z "$networks" ] || docker network rm $networks
            images=$(docker images --format '{{.Repository}}:{{.Tag}}' | grep "^slipway-test/${INSTANCE:0:8}-" || true)
            [ -z "$images" ] || docker rmi $images
            volumes=$(docker volume ls -q --filter "label=dev.slipway.instance=$INSTANCE")
            [ -z "$volumes" ] || docker volume rm $volumes
            """
        _ = try? await Subprocess.run(
            .path("/bin/bash"), arguments: ["-c", script],
            environment: .inherit.updating(["INSTANCE": instance, "DOCKER_HOST": "unix://\(engine)"]),
            output: .discarded, error: .discarded)
    }
}
