/// What finds out whether containers are fit.
package protocol HealthProbing: Sendable {
    /// Watches exactly these containers of a service from now on.
    func watch(_ subjects: [HealthSubject], of key: ServiceKey) async
    /// What is known of the containers of a service, by container id; nothing of one that was not probed yet.
    func records(of key: ServiceKey) async -> [String: HealthRecord]
    /// Ends all probing.
    func stop() async
}
