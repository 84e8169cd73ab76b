public import Model
import Pipeline
import SecretStore
public import Stacks

extension Delivery {
    /// What `up` asks for, with what the journey knows added: the recorded digest instead of a commit's tag, and the
    /// `rollout:` of the deploy's own slipway.yml.
    /// The same `key` again gets the same answer.
    public func up(_ request: UpRequest, in environment: Environment, key: String? = nil) async throws
        -> [ServiceOutcome]
    {
        let request = try await complete(request, in: environment)
        let deployID = request.deployID
        return try await stacks.up(request, in: environment, key: key, pin: { try await self.pinnedImage(of: $0) }) {
            db in
            // An abort since then must find every rollout of its deploy.
            if let deployID { try Self.check(try Journal.deploy(deployID, db)) }
        }
    }

    /// What ``up(_:in:key:)`` would do with the same request; changes nothing.
    public func plan(_ request: UpRequest, in environment: Environment) async throws -> StackPlan {
        try await stacks.plan(try await complete(request, in: environment), in: environment) {
            try await self.pinnedImage(of: $0)
        }
    }

    /// The request with what the journey knows: options of the deploy's slipway.yml, secrets by name.
    private func complete(_ request: UpRequest, in environment: Environment) async throws -> UpRequest {
        var request = request
        var (app, contexts): (String?, [String]) = (nil, [])
        if let id = request.deployID {
            let deploy = try await journal.deploy(id)
            try Self.check(deploy)
            let target = try await target(deploy.targetID)
            let configuration = try await buildService.configuration(of: target.app, at: deploy.sha)
            (app, contexts) = (target.app.name, configuration.deployContexts)
            request.options = configuration.rollout.applied(to: request.options)
        }
        var given: [String?: GivenSecrets] = [:]
        for index in request.spec.services.indices {
            let service = request.spec.services[index]
            var owner = app
            if owner == nil { owner = try await self.app(of: service) }
            if given[owner] == nil {
                given[owner] = try await secrets.given(
                    for: SecretScope(app: owner, environment: environment.name, contexts: contexts))
            }
            guard let its = given[owner] else { continue }
            request.spec.services[index] = try withSecretsByName(service, its, app: owner, contexts: contexts)
        }
        return request
    }

    /// Scales or restarts a service; `deployID` is the deploy whose script asked. The same `key` again gets the same
    /// answer.
    public func change(
        _ change: ServiceChange, of service: String, stack: String, in environment: Environment, by actor: String,
        deployID: Int64? = nil, key: String? = nil
    ) async throws -> ServiceOutcome {
        if let deployID { try Self.check(try await journal.deploy(deployID)) }
        return try await stacks.change(
            change, of: service, stack: stack, in: environment, by: actor, deployID: deployID, key: key
        ) { db in
            if let deployID { try Self.check(try Journal.deploy(deployID, db)) }
        }
    }

    /// The app that builds the service's image; nil where none does.
    private func app(of service: ServiceSpec) async throws -> String? {
        guard let repository = ImageReference(service.image)?.repository else { return nil }
        return try await journal.app(ofImage: repository)?.name
    }

    /// Throws where a deploy may not change anything (any more).
    private static func check(_ deploy: Deploy) throws {
        let id = deploy.id
        guard !deploy.state.isFinal else {
            throw Failure(.conflict, "Deploy \(id) has ended: \(deploy.state.rawValue)")
        }
        guard deploy.state != .aborting else { throw Failure(.conflict, "Deploy \(id) is being aborted") }
    }
}
