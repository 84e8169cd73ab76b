public import Foundation
import Model

/// A container in a list: as much of it as tells that it has changed.
public struct ContainerSummary: Hashable, Sendable, Decodable {
    public var id: String
    public var names: [String]?
    /// As in an inspection.
    public var state: String?
    public var networkSettings: ContainerInspection.Networks?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case state = "State"
        case networkSettings = "NetworkSettings"
    }

    public init(id: String, names: [String]? = nil, state: String? = nil) {
        self.id = id
        self.names = names
        self.state = state
    }
}

/// A container as the engine shows it.
public struct ContainerInspection: Sendable, Decodable {
    public var id: String
    /// With the engine's leading `/`.
    public var name: String
    public var created: String
    /// Content address of the image's configuration.
    public var image: String
    public var restartCount: Int
    public var state: State
    public var config: Config
    public var hostConfig: Host
    public var networkSettings: Networks

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case created = "Created"
        case image = "Image"
        case restartCount = "RestartCount"
        case state = "State"
        case config = "Config"
        case hostConfig = "HostConfig"
        case networkSettings = "NetworkSettings"
    }

    public struct State: Sendable, Decodable {
        /// `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`.
        public var status: String
        public var exitCode: Int
        /// Why it couldn't be started.
        public var error: String
        public var startedAt: String
        /// Nil where nothing is checked.
        public var health: Health?

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case exitCode = "ExitCode"
            case error = "Error"
            case startedAt = "StartedAt"
            case health = "Health"
        }
    }

    /// What the engine's checks came to.
    public struct Health: Sendable, Decodable {
        /// `none`, `starting`, `healthy`, `unhealthy`.
        public var status: String
        public var failingStreak: Int
        /// The last few, the newest at the end.
        public var log: [Check]?

        private enum CodingKeys: String, CodingKey {
            case status = "Status"
            case failingStreak = "FailingStreak"
            case log = "Log"
        }
    }

    /// One check.
    public struct Check: Sendable, Decodable {
        public var end: String
        public var exitCode: Int
        public var output: String

        private enum CodingKeys: String, CodingKey {
            case end = "End"
            case exitCode = "ExitCode"
            case output = "Output"
        }
    }

    public struct Config: Sendable, Decodable {
        /// As it was named at creation.
        public var image: String
        public var labels: [String: String]?
        public var tty: Bool

        private enum CodingKeys: String, CodingKey {
            case image = "Image"
            case labels = "Labels"
            case tty = "Tty"
        }
    }

    public struct Host: Sendable, Decodable {
        public var networkMode: String

        private enum CodingKeys: String, CodingKey { case networkMode = "NetworkMode" }
    }

    public struct Networks: Hashable, Sendable, Decodable {
        public var networks: [String: Endpoint]?

        private enum CodingKeys: String, CodingKey { case networks = "Networks" }
    }

    public struct Endpoint: Hashable, Sendable, Decodable {
        /// Empty while the container doesn't run.
        public var address: String

        private enum CodingKeys: String, CodingKey { case address = "IPAddress" }
    }
}

/// The engine's times.
public enum EngineTime {
    /// Reads `2026-11-23T11:58:18.44607025Z`; nil for the engine's "never", `0001-01-01T00:00:00Z`.
    public static func date(_ text: String) -> Date? {
        text.hasPrefix("0001-") ? nil : JSONCoding.date(from: text)
    }
}
