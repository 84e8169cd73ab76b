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
}

/// What `--version` prints.
enum SlipwayVersion {
    static let current = "0.1.0"
}
