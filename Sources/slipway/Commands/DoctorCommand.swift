import ArgumentParser
import Engines
import Foundation
import Model
import Pipeline

/// `slipway doctor`: what is missing on this machine, and how to mend it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is missing on this machine and how to mend it.",
        discussion: "Examples:\n  slipway doctor\n  slipway doctor --engine /run/user/1000/docker.sock --json")

    @Option(help: ArgumentHelp("The data directory.", valueName: "directory")) var data: String = DataDirectory.standard
    @Option(help: ArgumentHelp("The Docker Engine's socket.", valueName: "path")) var engine = "/var/run/docker.sock"
    @Option(help: ArgumentHelp("As for the server.", valueName: "user")) var stepUser: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let checks =
            Self.programs.map { Self.program($0) } + [
                Self.agent(), await engineCheck(), dataCheck(), diskCheck(), Self.stepUsers(stepUser, data: data),
            ]
        if json {
            try printJSON(checks)
        } else {
            for check in checks {
                let mark = check.ok ? Terminal.styled("✓", .green) : Terminal.styled("✗", .red)
                Terminal.print("\(mark) \(check.name): \(check.found)")
                if let mend = check.mend, !check.ok { Terminal.print("    \(mend)") }
            }
        }
        if checks.contains(where: { !$0.ok }) { throw ExitCode(1) }
    }

    /// One thing that was looked at.
    struct Check: Codable, Equatable {
        var name: String
        var ok: Bool
        var found: String
        var mend: String?
    }

    struct Program {
        var name: String
        var purpose: String
        var package: String
    }

    static let programs = [
        Program(name: "git", purpose: "repositories and checkouts", package: "git"),
        Program(name: "docker", purpose: "building and pushing images", package: "docker.io"),
        Program(
            name: "docker-registry", purpose: "keeping images; not needed with --registry", package: "docker-registry"),
        Program(name: "haproxy", purpose: "the edge, which owns published ports", package: "haproxy"),
        Program(name: "setsid", purpose: "scripts with a terminal of their own", package: "util-linux"),
    ]

    static func program(_ program: Program) -> Check {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        let found = folders.map { "\($0)/\(program.name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return Check(
            name: program.name, ok: found != nil, found: found ?? "not found; it is for \(program.purpose)",
            mend: "apt-get install \(program.package)")
    }

    /// The second half of the program.
    static func agent(beside program: String? = nil) -> Check {
        do {
            return Check(name: "slipway-agent", ok: true, found: try OwnExecutable.agent(beside: program), mend: nil)
        } catch {
            let failure = error as? Failure
            return Check(
                name: "slipway-agent", ok: false, found: failure?.message ?? "\(error)", mend: failure?.hint)
        }
    }

    /// Who scripts would run as.
    static func stepUsers(_ option: String?, data: String) -> Check {
        let name = "users of scripts"
        do {
            let policy = try StepUserPolicy.ofThisMachine(option)
            try Preflight.stepUsers(policy, data: DataDirectory(data), executable: OwnExecutable.path())
            return Check(name: name, ok: true, found: policy.sentence, mend: nil)
        } catch {
            let failure = error as? Failure
            return Check(name: name, ok: false, found: failure?.message ?? "\(error)", mend: failure?.hint)
        }
    }

    private func engineCheck() async -> Check {
        do {
            let info = try await DockerEngine(socket: engine).info()
            return Check(name: "engine", ok: true, found: "\(info.name) answers at \(engine)", mend: nil)
        } catch {
            return Check(
                name: "engine", ok: false, found: (error as? Failure)?.message ?? "\(error)",
                mend: "Start it: systemctl start docker, or dockerd; is this user in the group docker?")
        }
    }

    /// The data directory, or what there is of its path.
    private var nearestFolder: URL {
        var folder = URL(filePath: data)
        while !FileManager.default.fileExists(atPath: folder.path), folder.pathComponents.count > 1 {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    private func dataCheck() -> Check {
        let folder = nearestFolder
        let ok = FileManager.default.isWritableFile(atPath: folder.path)
        return Check(
            name: "data directory", ok: ok, found: ok ? data : "\(folder.path) can't be written by this user",
            mend: "Choose another with --data, or give this user the right to write there.")
    }

    private func diskCheck() -> Check {
        let folder = nearestFolder
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let gigabytes = free / 1_000_000_000
        return Check(
            name: "disk", ok: gigabytes >= 2, found: "\(gigabytes) GB free at \(folder.path)",
            mend: "Images and logs need room: free at least 2 GB, or choose another disk with --data.")
    }
}
