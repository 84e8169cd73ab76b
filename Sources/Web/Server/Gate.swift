import Access
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model

/// Where every request to a route passes: it is let through or turned away here, and what changes something is recorded
/// in the audit log here, whichever way it ends.
///
/// Who may not see a thing is told that there is none; who may see but not change it, that it isn't allowed.
struct Gate: Sendable {
    let services: WebServices

    func answer(_ route: Route, _ request: Request, _ outside: WebContext) async throws -> Response {
        var context = outside
        do {
            context.place = try await admit(route, request, context)
        } catch {
            // Strangers must not fill the log.
            if context.principal != nil {
                context.place = Self.asked(context)
                await record(route, .refused, context)
            }
            throw error
        }
        context.renew = { [context] in try await renewed(route, request, context) }
        do {
            let response = try await route.handler(request, context)
            await record(route, Self.outcome(response.status), context)
            return response
        } catch {
            await record(route, .failed, context)
            throw error
        }
    }

    /// What the request is about. Throws where it may not be answered.
    private func admit(_ route: Route, _ request: Request, _ context: WebContext) async throws -> Place {
        if route.access == .open { return Place() }
        guard let principal = context.principal else {
            throw Failure(.unauthorized, "Nobody is signed in", hint: "Sign in, or send Authorization: Bearer slp_…")
        }
        if let csrf = context.csrf, !request.isSafe {
            let sent = request.headers[.csrf] ?? context.form["csrf"]
            guard sent == csrf else {
                throw Failure(
                    .forbidden, "The form is from another session", hint: "Load the page again and send it once more.")
            }
        }
        switch route.access {
        case .open, .known: return Place()
        case .own:
            guard principal.isWhole else { throw Failure(.forbidden, "\(principal.actor.name) may not do that") }
            return Place()
        case .git:
            let isPush = request.uri.string.contains("git-receive-pack")
            return try await check(isPush ? .deploy : .read, .repository, principal, request, context)
        case .right(let right, let subject): return try await check(right, subject, principal, request, context)
        }
    }

    private func check(
        _ right: Right, _ subject: RouteAccess.Subject, _ principal: Principal, _ request: Request,
        _ context: WebContext
    ) async throws -> Place {
        var place: Place
        do {
            place = try await services.place(subject, request, context)
        } catch var failure as Failure where failure.code == .notFound {
            // The hint lists what there is.
            if !principal.readsEverything { failure.hint = try await services.hint(subject, for: principal) }
            throw failure
        }
        place.subject = Self.asked(context).subject
        if place.resource != .server, !principal.may(.read, place.resource) {
            var failure = hidden(place, subject, principal)
            failure.hint = try await services.hint(subject, for: principal)
            throw failure
        }
        guard principal.may(right, place.resource) else {
            throw Failure(
                .forbidden, "\(principal.actor.name) may not do that",
                hint: "It takes the right \(right.rawValue)\(Self.words(place)). An admin can grant it.")
        }
        return place
    }

    /// The same words as for what isn't there.
    private func hidden(_ place: Place, _ subject: RouteAccess.Subject, _ principal: Principal) -> Failure {
        switch subject {
        case .build, .deploy, .rollout:
            return Failure(.notFound, "There is no \(subject.rawValue) \(place.subject ?? "")")
        case .app, .repository, .environment, .target, .secret, .server:
            if let app = place.app, place.resource.appID.map({ !principal.may(.read, .app($0)) }) != false {
                return Failure(.notFound, "There is no app \(app)")
            }
            return Failure(.notFound, "There is no environment \(place.environment ?? "")")
        }
    }

    /// What the path names, whether or not it is there.
    private static func asked(_ context: WebContext) -> Place {
        let parameters = context.parameters
        return Place(
            app: parameters.get("app") ?? parameters.get("repository"), environment: parameters.get("environment"),
            subject: parameters.get("id") ?? parameters.get("account") ?? parameters.get("team"))
    }

    private static func words(_ place: Place) -> String {
        switch (place.app, place.environment) {
        case (let app?, let environment?): " on \(app) in \(environment)"
        case (let app?, nil): " on \(app)"
        case (nil, let environment?): " in \(environment)"
        case (nil, nil): ""
        }
    }

    /// Who asks, as it stands now; nil when they may no longer: a stream that is open asks again and again.
    private func renewed(_ route: Route, _ request: Request, _ context: WebContext) async throws -> Principal? {
        guard let credential = context.credential, let principal = try await services.principal(of: credential)?.0
        else { return nil }
        if case .right(let right, _) = route.access, !principal.may(right, context.place.resource) { return nil }
        return principal
    }

    // MARK: Audit

    private static func outcome(_ status: HTTPResponse.Status) -> AuditEntry.Outcome {
        switch status.code {
        case ..<400: .done
        case 401, 403: .refused
        default: .failed
        }
    }

    private func record(_ route: Route, _ outcome: AuditEntry.Outcome, _ context: WebContext) async {
        guard let action = route.action else { return }
        let (note, actor) = (context.note.value, context.principal?.actor)
        guard !note.isSkipped, let name = note.actor ?? actor?.name else { return }
        let entry = AuditEntry(
            at: services.now(), actor: String(name.prefix(100)), kind: actor?.kindName ?? "account",
            address: context.address, action: action, outcome: outcome, app: context.place.app ?? note.app,
            environment: context.place.environment ?? note.environment, subject: context.place.subject ?? note.subject,
            before: note.before, after: note.after)
        do {
            try await services.access.audit.record(entry)
        } catch {
            services.logger.error("\(action) of \(name) is missing in the audit log: \(error)")
        }
    }
}
