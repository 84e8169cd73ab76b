/// On which hosts the containers of a service run, and together with what.
public struct ServicePlacement: ServicePart {
    /// One of `io.rancher.scheduler.affinity:*`.
    public struct Affinity: Hashable, Sendable, Codable {
        public enum Subject: String, Sendable, Codable, CaseIterable {
            case hostLabel = "host_label"
            case containerLabel = "container_label"
            case container
        }

        public var subject: Subject
        /// Whether it is given up where no host satisfies it.
        public var isSoft: Bool
        /// Whether hosts that match are avoided.
        public var isNegated: Bool
        /// `key=value`, or names of containers.
        public var terms: [String]

        public init(subject: Subject, isSoft: Bool = false, isNegated: Bool = false, terms: [String]) {
            self.subject = subject
            self.isSoft = isSoft
            self.isNegated = isNegated
            self.terms = terms
        }
    }

    /// One container on every host that fits.
    public var isGlobal = false
    public var affinities: [Affinity] = []
    /// The one host that is asked for.
    public var host: String?
    /// Services that share host, scale and lifetime with this one.
    public var sidekicks: [String] = []
    /// compose's `deploy.placement.constraints`: `node.labels.disk == ssd`.
    public var constraints: [String] = []
    /// `deploy.placement.preferences`: `spread=node.labels.zone`.
    public var preferences: [String] = []
    public var maxReplicasPerNode: Int?
    /// `linux/amd64`.
    public var platform: String?

    public init() {}
}

/// When containers of a service begin, end and are replaced.
public struct ContainerLifecycle: ServicePart {
    /// How many there are, as hosts allow (rancher-compose's `scale_policy`).
    public struct ScalePolicy: Hashable, Sendable, Codable {
        public var min: Int?
        public var max: Int?
        public var increment: Int?

        public init(min: Int? = nil, max: Int? = nil, increment: Int? = nil) {
            self.min = min
            self.max = max
            self.increment = increment
        }
    }

    /// A service that this one waits for.
    public struct Dependency: Hashable, Sendable, Codable {
        public enum Condition: String, Sendable, Codable, CaseIterable {
            case started = "service_started"
            case healthy = "service_healthy"
            case completed = "service_completed_successfully"
        }

        public var service: String
        public var condition: Condition
        public var isRequired: Bool

        public init(service: String, condition: Condition = .started, isRequired: Bool = true) {
            self.service = service
            self.condition = condition
            self.isRequired = isRequired
        }
    }

    /// compose's `deploy.update_config` and `rollback_config`. Times in milliseconds.
    public struct Update: Hashable, Sendable, Codable {
        public var parallelism: Int?
        public var delay: Int?
        /// `pause`, `continue` or `rollback`.
        public var failureAction: String?
        public var monitor: Int?
        public var maxFailureRatio: Double?
        /// `start-first` or `stop-first`.
        public var order: String?

        public init() {}
    }

    /// Runs to its end and isn't started again.
    public var startOnce: Bool?
    /// False: created, and left alone.
    public var startOnCreate: Bool?
    /// Milliseconds between leaving the edge and being stopped.
    public var drainTimeout: Int?
    public var scalePolicy: ScalePolicy?
    /// `no` or `on-failure:3`, where that differs from being always brought back.
    public var restart: String?
    /// Milliseconds between two starts, of `deploy.restart_policy`.
    public var restartDelay: Int?
    public var restartWindow: Int?
    public var dependencies: [Dependency] = []
    /// A name that the one container of the service is to have.
    public var containerName: String?
    public var update: Update?
    public var rollback: Update?
    /// What compose runs after a start and before a stop, as JSON.
    public var hooks: [String: String] = [:]
    /// compose's `profiles`.
    public var profiles: [String] = []
    /// `vip` or `dnsrr`.
    public var endpointMode: String?

    public init() {}
}

/// What is told about a service, and used by nothing that runs it.
public struct ServiceNotes: ServicePart {
    public var description: String?
    /// JSON of rancher-compose's `metadata`.
    public var metadata: String?
    /// JSON of rancher-compose's `storage_driver`.
    public var storageDriver: String?
    /// JSON of rancher-compose's `network_driver`.
    public var networkDriver: String?
    public var annotations: [String: String] = [:]
    /// `deploy.labels`: of the service, not of its containers.
    public var deployLabels: [String: String] = [:]

    public init() {}
}

/// A load balancer: `lb_config` of rancher-compose, and `load_balancer_config` before it.
public struct LoadBalancer: ServicePart {
    public struct Rule: Hashable, Sendable, Codable {
        public var sourcePort: Int?
        public var targetPort: Int?
        /// `http`, `tcp`, `https`, `tls` or `sni`.
        public var `protocol`: String?
        /// `service` or `stack/service`.
        public var service: String?
        /// `key=value`, where services are found by their labels.
        public var selector: String?
        /// May begin with `*.`.
        public var hostname: String?
        public var path: String?
        public var priority: Int?
        public var weight: Int?
        public var backendName: String?
        public var region: String?
        public var environment: String?

        public init() {}
    }

    public var rules: [Rule] = []
    /// Names of certificates.
    public var certificates: [String] = []
    public var defaultCertificate: String?
    /// Lines for HAProxy's configuration.
    public var configuration: String?
    /// `cookie`, `mode`, `domain` … of the stickiness policy.
    public var stickiness: [String: String] = [:]
    /// Addresses outside, of an external service.
    public var externalAddresses: [String] = []

    public init() {}
}

/// A volume that the files describe.
public struct VolumeSpec: ServicePart {
    /// Nil means `local`.
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var labels: [String: String] = [:]
    /// Whether it is there already, and isn't the stack's.
    public var isExternal = false
    /// Its name outside of the files.
    public var name: String?
    /// Whether each container has one of its own.
    public var isPerContainer = false

    public init() {}
}

/// A network that the files describe.
public struct NetworkSpec: ServicePart {
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var labels: [String: String] = [:]
    public var isExternal = false
    public var name: String?
    public var isInternal = false
    public var isAttachable = false
    public var enablesIPv4: Bool?
    public var enablesIPv6: Bool?
    /// JSON of its address management.
    public var addressing: String?

    public init() {}
}

/// A configuration that the files describe.
public struct ConfigSpec: ServicePart {
    /// Its text, where the files hold or name it.
    public var content: String?
    /// The variable that holds its text.
    public var variable: String?
    public var isExternal = false
    public var name: String?

    public init() {}
}
