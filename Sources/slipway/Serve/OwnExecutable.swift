import Foundation
import Model

/// Where this program lies on the disk.
enum OwnExecutable {
    /// The path that `/proc/self/exe` stands for.
    static func path() throws -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw Failure(.internal, "/proc/self/exe can't be read", cause: error.localizedDescription)
        }
    }

    /// The program beside it, or beside another, that runs the steps of tests in their container.
    static func agent(beside program: String? = nil) throws -> String {
        let agent = URL(filePath: try program ?? path()).deletingLastPathComponent().appending(path: "slipway-agent")
            .path
        guard FileManager.default.isExecutableFile(atPath: agent) else {
            throw Failure(
                .unavailable, "There is no program \(agent), which runs the steps of tests in containers",
                hint: "Put the slipway-agent that was built with this slipway beside it.")
        }
        return agent
    }
}

/// What `--version` prints.
enum SlipwayVersion {
    static let current = "0.1.0"
}
