import Foundation
import Model

/// The image of nothing but `slipway-agent`, one static program, which an engine makes of it without a registry.
public struct AgentImage: Hashable, Sendable {
    /// Path of the program.
    public var program: String

    public init(program: String) {
        self.program = program
    }

    /// `slipway-agent:MARK`, another for each version of the program. Throws `.unavailable` where it can't be read.
    public func name() throws -> String {
        // Tells versions apart; it needs to prove nothing (FNV-1a).
        let mark = try bytes().reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "slipway-agent:" + String(mark, radix: 16)
    }

    public func files() throws -> [ContainerFile] {
        [ContainerFile(path: "/slipway-agent", bytes: Array(try bytes()), mode: 0o555)]
    }

    private func bytes() throws -> Data {
        do {
            return try Data(contentsOf: URL(filePath: program))
        } catch {
            throw Failure(.unavailable, "\(program) can't be read", cause: error.localizedDescription)
        }
    }
}
