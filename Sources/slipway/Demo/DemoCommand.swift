import ArgumentParser
import Foundation
import Glibc
import Model

/// `slipway demo`: takes the sample service through the whole journey, on this machine.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Take a sample service from push to production and back.",
        discussion: """
            Starts a server with a fresh data directory, pushes Examples/orders to it, and takes two commits through test, \
            build, deploy and rollback. Stays up until Ctrl-C; with --once it stops all that it started and exits 0 only \
            if every step was seen to happen.

            Example:
              slipway demo --once
            """)

    @Flag(help: "Stop everything at the end.") var once = false
    @Option(help: "Folder of the sample service.") var sample = "Examples/orders"
    @Option(help: "Port of the server; the next free one where it is taken.") var port = 8080
    @Option(help: ArgumentHelp("The Docker Engine's socket.", valueName: "path")) var engine = "/var/run/docker.sock"

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-demo-\(getpid())").path
        let free = try freePort(from: port)
        let world = DemoWorld(folder: folder, port: free, engine: engine)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await DemoJourney(world: world, sample: sample).run()
                    if !once {
                        world.tellWhatToTry()
                        await Interrupt.wait()
                    }
                }
                group.addTask {
                    await Interrupt.wait()
                    throw CancellationError()
                }
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError {
            Terminal.print("")
        } catch {
            Terminal.error(Terminal.styled("✗ \(error)", .red))
            Terminal.error("The server's log:\n\(world.tailOfLog())")
            await world.stop()
            throw ExitCode(1)
        }
        Terminal.print("Stopping what was started …")
        await world.stop()
        if once {
            Terminal.print(Terminal.styled("✓ every step was seen to happen; all that was started is stopped", .green))
        }
    }

    private func freePort(from first: Int) throws -> Int {
        guard let port = (first..<first + 100).first(where: Registry.isFree) else {
            throw Failure(
                .unavailable, "No port from \(first) to \(first + 99) is free", hint: "Choose one with --port.")
        }
        return port
    }
}
