import Access
import Delivery
import Foundation
import Git
import Logging
import Model
import Stacks
import Store

/// What the handlers ask: the rooms below, and what the server knows of itself.
struct WebServices: Sendable {
    var delivery: Delivery
    var stacks: StackService
    var access: Access
    var signIn: OutsideSignIn
    var store: Store
    var settings: WebSettings
    var logger: Logger
    let seats: StreamSeats
    /// Commands that people run in containers.
    let terminals = Terminals()
    var now: @Sendable () -> Date = { Date() }

    init(
        delivery: Delivery, stacks: StackService, access: Access, signIn: OutsideSignIn, store: Store,
        settings: WebSettings, logger: Logger
    ) {
        self.delivery = delivery
        self.stacks = stacks
        self.access = access
        self.signIn = signIn
        self.store = store
        self.settings = settings
        self.logger = logger
        seats = StreamSeats(most: settings.limits.streams)
    }

    /// What a page needs to know besides its own subject.
    func page(_ context: WebContext) async throws -> PageContext {
        PageContext(
            principal: context.principal, csrf: context.csrf ?? "", now: now(), version: settings.version,
            publicURL: settings.publicURL, lastEvent: try await store.lastEventID())
    }

    /// The apps that the one who asks may see.
    func apps(_ context: WebContext) async throws -> [App] {
        try await delivery.apps().filter { context.may(.read, .app($0.id)) }
    }

    /// The same with what runs where, as far as they may see it.
    func summaries(_ context: WebContext) async throws -> [AppSummary] {
        var summaries: [AppSummary] = []
        for app in try await apps(context) { summaries.append(try await summary(of: app, context)) }
        return summaries
    }

    /// The app with those of its targets that the one who asks may see.
    func summary(of app: App, _ context: WebContext) async throws -> AppSummary {
        var summary = try await delivery.summary(of: app)
        summary.targets.removeAll { !context.may(.read, $0.target.resource) }
        return summary
    }

    /// The environments that the one who asks may see.
    func environments(_ context: WebContext) async throws -> [Model.Environment] {
        try await stacks.environments().filter { context.may(.read, .environment($0.id)) }
    }

    /// The step of that number. Throws `.notFound`, saying how many there are.
    func step(_ index: Int, of owner: Step.Owner) async throws -> Step {
        let steps = try await delivery.steps(owner)
        guard let step = steps.first(where: { $0.index == index }) else {
            throw Failure(.notFound, "There is no step \(index)", hint: "There are \(steps.count), counted from 0.")
        }
        return step
    }
}

extension Target {
    /// As rights see it.
    var resource: Resource { .target(app: app.id, environment: environment.id) }
}
