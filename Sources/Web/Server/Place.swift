import Access
import Delivery
import HTTPTypes
import Hummingbird
import Model
import Stacks

/// What a request is about: the resource whose rights count, and its names.
struct Place: Sendable {
    var resource = Resource.server
    var app: String?
    var environment: String?
    /// The number of the build, deploy or rollout, or the name of an account or team.
    var subject: String?
}

extension WebServices {
    /// What the request names. Throws `.notFound`.
    func place(_ subject: RouteAccess.Subject, _ request: Request, _ context: WebContext) async throws -> Place {
        let parameters = context.parameters
        switch subject {
        case .server: return Place()
        case .app: return place(of: try await delivery.app(named: try parameters.require("app")))
        case .repository:
            let name = try parameters.require("repository")
            guard name.hasSuffix(".git") else { throw Failure(.notFound, "There is no repository \(name)") }
            return place(of: try await delivery.app(named: String(name.dropLast(4))))
        case .environment:
            return place(in: try await stacks.environment(named: try parameters.require("environment")))
        case .target:
            return try await place(
                app: try parameters.require("app"), environment: try parameters.require("environment"))
        case .build: return place(of: try await delivery.app(ofBuild: try parameters.id()))
        case .deploy:
            let target = try await delivery.target(ofDeploy: try parameters.id())
            return Place(
                resource: .target(app: target.app.id, environment: target.environment.id), app: target.app.name,
                environment: target.environment.name)
        case .rollout:
            let rollout = try await stacks.rollout(try parameters.id())
            return place(in: try await stacks.environment(rollout.environmentID))
        case .secret:
            let bounds = context.secretBounds(request)
            return try await place(app: bounds.app, environment: bounds.environment)
        }
    }

    private func place(app: String?, environment: String?) async throws -> Place {
        var place = Place()
        if let app {
            let app = try await delivery.app(named: app)
            (place.resource.appID, place.app) = (app.id, app.name)
        }
        if let name = environment {
            let environment = try await stacks.environment(named: name)
            (place.resource.environmentID, place.environment) = (environment.id, environment.name)
        }
        return place
    }

    /// What there is in place of what isn't there, as far as one may see it.
    func hint(_ subject: RouteAccess.Subject, for principal: Principal) async throws -> String? {
        switch subject {
        case .app:
            let names = try await delivery.apps().filter { principal.may(.read, .app($0.id)) }.map(\.name)
            return names.isEmpty ? nil : "Apps: \(names.joined(separator: ", "))"
        case .environment:
            let all = try await stacks.environments()
            let names = all.filter { principal.may(.read, .environment($0.id)) }.map(\.name)
            return names.isEmpty ? nil : "Environments: \(names.joined(separator: ", "))."
        default: return nil
        }
    }

    private func place(of app: App) -> Place { Place(resource: .app(app.id), app: app.name) }

    private func place(in environment: Model.Environment) -> Place {
        Place(resource: .environment(environment.id), environment: environment.name)
    }

    /// The resource that an event is about; nil where it is about nothing that is there.
    func resource(ofTopic topic: String) async throws -> Resource? {
        let parts = topic.split(separator: "/")
        guard parts.count == 2, let id = Int64(parts[1]) else { return nil }
        do {
            switch parts[0] {
            case "app": return .app(id)
            case "environment": return .environment(id)
            case "build": return .app(try await delivery.app(ofBuild: id).id)
            case "rollout": return .environment(try await stacks.rollout(id).environmentID)
            case "deploy", "target":
                let isDeploy = parts[0] == "deploy"
                let target = try await isDeploy ? delivery.target(ofDeploy: id) : delivery.target(id)
                return .target(app: target.app.id, environment: target.environment.id)
            default: return nil
            }
        } catch let failure as Failure where failure.code == .notFound {
            return nil
        }
    }
}

extension Parameters {
    /// A number in the path. Throws `.notFound`: an id that isn't a number names nothing.
    func id(_ name: String = "id") throws -> Int64 {
        let text = try require(name)
        guard let id = Int64(text) else { throw Failure(.notFound, "\(text) is not the number of anything") }
        return id
    }
}
