package import Model
package import struct Foundation.Date

/// One run of a container that is probed; another start or address is another run.
package struct HealthSubject: Hashable, Sendable {
    package var containerID: String
    package var address: String
    package var startedAt: Date?
    package var check: HealthCheck
}
