package import Engines
import Foundation
import Model

/// What the name servers of environments stand on.
public struct NameSettings: Sendable {
    /// Where their files are, a folder for each environment, which the engine sees too.
    public var folder: String
    /// Path of `slipway-agent`, which is the name server.
    public var agent: String

    public init(folder: String, agent: String) {
        self.folder = folder
        self.agent = agent
    }

    package func folder(of environment: Int64) -> String { "\(folder)/\(environment)" }

    package func image() throws -> String {
        // Tells versions apart; it needs to prove nothing (FNV-1a).
        let mark = try program().reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "slipway-agent:" + String(mark, radix: 16)
    }

    package func files() throws -> [ContainerFile] {
        [ContainerFile(path: "/slipway-agent", bytes: Array(try program()), mode: 0o555)]
    }

    private func program() throws -> Data {
        do {
            return try Data(contentsOf: URL(filePath: agent))
        } catch {
            throw Failure(.unavailable, "\(agent) can't be read", cause: error.localizedDescription)
        }
    }

    /// Domains that this machine searches: who asks a name server of its own isn't given them by the engine.
    static func searchDomains(resolverFile: String = "/etc/resolv.conf") -> [String] {
        let text = (try? String(contentsOfFile: resolverFile, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        return lines.last { $0.first == "search" || $0.first == "domain" }.map { Array($0.dropFirst()) } ?? []
    }
}
