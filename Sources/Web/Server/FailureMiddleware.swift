import Access
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOHTTP1

/// Turns whatever was thrown into an answer that fits who asked: a page, a problem document, a challenge for git.
struct FailureMiddleware: RouterMiddleware {
    let services: WebServices

    func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let refusal = error as? Refusal
            var failure = refusal?.failure ?? failure(from: error, request)
            let reference = UUID().uuidString.prefix(8).lowercased()
            if failure.httpStatus >= 500 {
                services.logger.error(
                    "\(request.method) \(request.uri.path): \(failure)", metadata: ["reference": "\(reference)"])
            }
            // What a defect looks like from inside is in the log alone, where the reference leads to it.
            if failure.code == .internal {
                failure.cause = nil
                failure.hint = "The server's log has more at the reference \(reference)."
            }
            var response = try await answer(failure, refusal?.status, request, context)
            for field in refusal?.headers ?? [:] { response.headers[field.name] = field.value }
            if failure.code == .tooMany { response.headers[.retryAfter] = "60" }
            return response
        }
    }

    private func failure(from error: any Error, _ request: Request) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as HTTPParserError:
            Failure(.usage, "The request breaks off, or can't be read further", cause: "\(error)")
        case let error as HTTPError where error.status == .notFound:
            Failure(.notFound, "There is nothing at \(request.uri.path)")
        case let error as any HTTPResponseError where error.status == .contentTooLarge:
            Failure(.tooLarge, "The request is too large")
        case let error as HTTPError where error.status.kind == .clientError:
            Failure(.usage, error.body ?? error.status.reasonPhrase)
        default: Failure(.internal, "Something went wrong in Slipway", cause: "\(error)")
        }
    }

    private func answer(
        _ failure: Failure, _ status: HTTPResponse.Status?, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        if request.uri.path.hasPrefix("/git/"), failure.code == .unauthorized {
            return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"Slipway\""])
        }
        // A page that is called by a name that isn't ours is no page.
        if request.isAPI || failure.code == .misdirected { return .problem(failure, status: status) }
        if failure.code == .unauthorized, request.method == .get {
            let path = request.uri.string
            return .seeOther(path == "/" ? "/sign-in" : "/sign-in?next=\(path.addingPercentEncoding())")
        }
        // The middleware that knows the session is further in: ask it again, so that the page keeps its bar.
        var page = try await services.page(context)
        if let secret = context.cookies.session(of: request),
            let session = try? await services.access.session(secret)
        {
            (page.principal, page.csrf) = (session.principal, session.csrf)
        }
        return .page(
            FailurePage(failure: failure).render(page), status: status ?? .init(code: failure.httpStatus))
    }
}

extension String {
    /// As a value in a query.
    func addingPercentEncoding() -> String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126, 47: result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
