import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore

extension Response {
    /// A page.
    static func page(_ html: HTML, status: HTTPResponse.Status = .ok) -> Response {
        .text(html.text, "text/html; charset=utf-8", status: status, cache: "no-store")
    }

    static func text(
        _ text: String, _ type: String, status: HTTPResponse.Status = .ok, cache: String = "no-store"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: cache],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// JSON, which nobody keeps.
    static func json(_ bytes: [UInt8], _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// To the page that shows what a form did.
    static func seeOther(_ path: String) -> Response { Response(status: .seeOther, headers: [.location: path]) }

    /// A problem document (RFC 9457).
    static func problem(_ failure: Failure, status: HTTPResponse.Status? = nil) -> Response {
        let (head, body) = Problem.answer(failure, status: status)
        return Response(status: head.status, headers: head.headerFields, body: .init(byteBuffer: body))
    }
}

extension Problem {
    /// The failure as an answer; `status` where it isn't the one of all failures of that code.
    static func answer(_ failure: Failure, status: HTTPResponse.Status?) -> (HTTPResponse, ByteBuffer) {
        var headers: HTTPFields = [.contentType: contentType, .cacheControl: "no-store"]
        if failure.code == .unauthorized { headers[.wwwAuthenticate] = "Bearer realm=\"Slipway\"" }
        var problem = Problem(failure)
        if let status { problem.status = status.code }
        let body = (try? JSONCoding.encoder.encode(problem)).map { [UInt8]($0) } ?? []
        let head = HTTPResponse(status: status ?? .init(code: failure.httpStatus), headerFields: headers)
        return (head, ByteBuffer(bytes: body))
    }
}
