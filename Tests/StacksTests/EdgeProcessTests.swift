import Foundation
import Glibc
import HTTPTransport
import Logging
import Model
import Supervisor
import Testing

@testable import Stacks

/// A real HAProxy, with the sample application behind it.
@Suite(
    .serialized, .timeLimit(.minutes(3)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct EdgeProcessTests {
    let folder = NSTemporaryDirectory() + "slipway-edge-\(UUID().uuidString.prefix(8))"
    let ports = (0..<4).compactMap { _ in PortProbe.anyFree() }

    /// The sample application on a port.
    struct Upstream {
        let daemon: Daemon

        init(_ folder: String, port: Int, revision: String) throws {
            daemon = Daemon(name: "web-\(port)", pidDirectory: folder, logPath: "\(folder)/web.log")
            let script = URL(filePath: #filePath).appending(path: "../../../bench/app/web.pl").standardized.path
            try daemon.start(
                ["perl", script],
                environment: ["PORT": "\(port)", "REVISION": revision, "PATH": "/usr/bin:/bin"])
        }
    }

    func service(_ name: String, at port: Int, _ servers: [EdgeConfiguration.Server]) -> EdgeConfiguration.Service {
        EdgeConfiguration.Service(
            name: name, hostAddress: "127.0.0.1", hostPort: port, speaksHTTP: true, check: nil, servers: servers)
    }

    func server(_ name: String, _ port: Int, isDraining: Bool = false) -> EdgeConfiguration.Server {
        EdgeConfiguration.Server(name: name, address: "127.0.0.1", port: port, isDraining: isDraining)
    }

    func get(_ path: String, port: Int) async throws -> HTTPReply {
        try await HTTPClient(endpoint: .tcp(host: "127.0.0.1", port: port)).send(
            HTTPRequest(method: "GET", path: path), timeout: .seconds(20))
    }

    /// The program beside the tests, whose `keep-edge` keeps HAProxy running.
    static var executable: String? {
        var url = URL(filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/")
        for start in [url, URL(filePath: CommandLine.arguments.first ?? "/")] {
            url = start
            while url.pathComponents.count > 1 {
                url.deleteLastPathComponent()
                var isFolder: ObjCBool = false
                let path = url.appending(path: "slipway").path
                if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                    return path
                }
            }
        }
        return nil
    }

    func withEdge(_ body: (Edge) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let keeper = try #require(Self.executable)
        let edge = Edge(directory: folder, program: "haproxy", keeper: keeper, logger: Logger(label: "test"))
        var problem: (any Error)?
        do { try await body(edge) } catch { problem = error }
        await edge.stop()
        for port in ports {
            await Daemon(name: "web-\(port)", pidDirectory: folder, logPath: "/dev/null").stop(grace: .seconds(1))
        }
        let text = (try? String(contentsOfFile: "\(folder)/haproxy.log", encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(atPath: folder)
        if let problem {
            print(text.suffix(3000))
            throw problem
        }
    }

    @Test func `A reload cuts nothing, and what the worker it left has open holds up the drain`() async throws {
        try await withEdge { edge in
            _ = try Upstream(folder, port: ports[0], revision: "one")
            _ = try Upstream(folder, port: ports[1], revision: "two")
            let (one, two) = (server("1-1", ports[0]), server("2-1", ports[1]))
            _ = try await edge.converge { EdgeConfiguration(services: [service("a", at: ports[2], [one])]) }
            try await waitForAnswer(ports[2])
            async let slow = get("/slow?ms=3000", port: ports[2])
            while try await edge.converge({ EdgeConfiguration(services: [service("a", at: ports[2], [one])]) })
                .servers["a/1-1"]?.open != 1
            {}
            // Another port comes: HAProxy reads its configuration anew, and the request stays with the old worker.
            var draining = one
            draining.isDraining = true
            let wanted = EdgeConfiguration(services: [
                service("a", at: ports[2], [draining, two]), service("b", at: ports[3], [two]),
            ])
            let state = try await edge.converge { wanted }
            #expect(state.servers["a/1-1"]?.open == 1)
            #expect(state.servers["a/1-1"]?.isDraining == true)
            for port in [ports[2], ports[3]] {
                let answer = try await get("/", port: port)
                #expect(String(decoding: answer.body, as: UTF8.self).contains("\"two\""))
            }
            let answer = try await slow
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("\"one\""))
            while try await edge.converge({ wanted }).servers["a/1-1"]?.open != 0 {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test func `A killed HAProxy comes back by itself as it was: up is up, draining drains`() async throws {
        try await withEdge { edge in
            _ = try Upstream(folder, port: ports[0], revision: "one")
            _ = try Upstream(folder, port: ports[1], revision: "two")
            let wanted = EdgeConfiguration(services: [
                service("a", at: ports[2], [server("1-1", ports[0], isDraining: true), server("2-1", ports[1])])
            ])
            _ = try await edge.converge { wanted }
            let process = EdgeProcess(directory: folder, program: "haproxy", keeper: nil)
            let daemon = Daemon(name: "haproxy", pidDirectory: folder, logPath: "/dev/null")
            for who in ["master", "worker"] {
                try await waitForAnswer(ports[2])
                let master = try #require(daemon.pid)
                let worker = try await currentWorker(process)
                kill(who == "master" ? master : worker.pid, SIGKILL)
                while daemon.pid == nil || daemon.pid == master { try await Task.sleep(for: .milliseconds(10)) }
                // Nobody told it anything: what it knows, it knows from its file.
                try await waitForAnswer(ports[2])
                let state = try await currentWorker(process).state
                #expect(state.servers["a/2-1"]?.isUp == true)
                #expect(state.servers["a/1-1"]?.isDraining == true)
                for _ in 0..<6 {
                    let answer = try await get("/", port: ports[2])
                    #expect(String(decoding: answer.body, as: UTF8.self).contains("\"two\""))
                }
            }
            // The keeper itself is missed by nobody but the server, which brings another.
            let keeper = Daemon(name: "keeper", pidDirectory: folder, logPath: "/dev/null")
            let (first, master) = (try #require(keeper.pid), daemon.pid)
            kill(first, SIGKILL)
            while keeper.pid == first { try await Task.sleep(for: .milliseconds(10)) }
            #expect(daemon.pid == master)
            _ = try await edge.converge { wanted }
            #expect(keeper.pid != nil && keeper.pid != first)
            #expect(daemon.pid == master)
        }
    }

    @Test func `A port that another program holds is refused by name, and keeps nothing else from going on`()
        async throws
    {
        try await withEdge { edge in
            _ = try Upstream(folder, port: ports[0], revision: "one")
            let listener = try Listener(port: ports[3])
            let one = server("1-1", ports[0])
            _ = try await edge.converge { EdgeConfiguration(services: [service("a", at: ports[2], [one])]) }
            let both = EdgeConfiguration(services: [
                service("a", at: ports[2], [one]), service("b", at: ports[3], [one]),
            ])
            let state = try await edge.converge { both }
            #expect(state.refused["b"]?.contains("port \(ports[3]) is held by ") == true, "\(state.refused)")
            #expect(state.refused["b"]?.contains("process \(getpid())") == true, "\(state.refused)")
            #expect(try await get("/", port: ports[2]).status == 200)
            listener.close()
            #expect(try await edge.converge { both }.refused.isEmpty)
            #expect(try await get("/", port: ports[3]).status == 200)
        }
    }

    /// The worker that takes connections, as soon as there is one.
    func currentWorker(_ process: EdgeProcess) async throws -> EdgeWorker {
        while true {
            let workers = try? await EdgeMaster(socket: process.socket).workers()
            if let found = workers?.first(where: \.isCurrent), found.state.structure != nil { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func waitForAnswer(_ port: Int) async throws {
        while (try? await get("/", port: port))?.status != 200 { try await Task.sleep(for: .milliseconds(20)) }
    }
}
