import DockerAPI
import Foundation
import Model

extension ContainerInspection {
    /// What the engine shows, in our words. A container on the host's network is found at 127.0.0.1.
    func observed() throws(Failure) -> ObservedContainer {
        guard let status = ObservedContainer.State(rawValue: state.status) else {
            throw Failure(.failed, "The container \(name) is in a state that Slipway doesn't know: \(state.status)")
        }
        guard let createdAt = EngineTime.date(created) else {
            throw Failure(.failed, "The container \(name) was created at a time that can't be read: \(created)")
        }
        var observed = ObservedContainer(
            id: id, name: String(name.trimmingPrefix("/")), image: config.image, imageID: image,
            labels: config.labels ?? [:], state: status, address: address(in: status), createdAt: createdAt,
            startedAt: EngineTime.date(state.startedAt), exitStatus: exitStatus(in: status), restarts: restartCount)
        if status == .running || status == .paused {
            observed.addresses = (networkSettings.networks ?? [:]).mapValues(\.address).filter { !$0.value.isEmpty }
        }
        observed.health = state.health.flatMap { health in
            guard let status = ObservedHealth.Status(rawValue: health.status) else { return nil }
            let last = health.log?.last
            return ObservedHealth(
                status: status, failures: health.failingStreak, at: last.flatMap { EngineTime.date($0.end) },
                exitStatus: last?.exitCode, output: last?.output)
        }
        return observed
    }

    private func address(in status: ObservedContainer.State) -> String? {
        guard status == .running || status == .paused else { return nil }
        if hostConfig.networkMode == "host" { return "127.0.0.1" }
        // Its own network first: those that were added may come before it by their names.
        if let own = networkSettings.networks?[hostConfig.networkMode]?.address, !own.isEmpty { return own }
        let addresses = (networkSettings.networks ?? [:]).sorted { $0.key < $1.key }.map(\.value.address)
        return addresses.first { !$0.isEmpty }
    }

    /// A container that couldn't be started stays `created`, with the status that says so.
    private func exitStatus(in status: ObservedContainer.State) -> Int? {
        switch status {
        case .exited, .dead, .restarting: state.exitCode
        case .created: state.exitCode == 0 ? nil : state.exitCode
        case .running, .paused, .removing: nil
        }
    }
}
