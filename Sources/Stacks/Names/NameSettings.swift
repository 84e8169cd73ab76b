package import Engines
import Foundation

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

    package func image() throws -> String { try AgentImage(program: agent).name() }

    package func files() throws -> [ContainerFile] { try AgentImage(program: agent).files() }

    /// Domains that this machine searches: who asks a name server of its own isn't given them by the engine.
    static func searchDomains(resolverFile: String = "/etc/resolv.conf") -> [String] {
        let text = (try? String(contentsOfFile: resolverFile, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        return lines.last { $0.first == "search" || $0.first == "domain" }.map { Array($0.dropFirst()) } ?? []
    }
}
