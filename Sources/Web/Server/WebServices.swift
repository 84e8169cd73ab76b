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
    var store: Store
    var settings: WebSettings
    var logger: Logger
    var now: @Sendable () -> Date = { Date() }

    /// What a page needs to know besides its own subject.
    func page(_ context: WebContext) async throws -> PageContext {
        PageContext(
            actor: context.actor?.name, csrf: context.session?.csrf ?? "", now: now(), version: settings.version,
            publicURL: settings.publicURL, lastEvent: try await store.lastEventID())
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
