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
    static func problem(_ failure: Failure) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if failure.code == .unauthorized { headers[.wwwAuthenticate] = "Bearer realm=\"Slipway\"" }
        let body = (try? JSONCoding.encoder.encode(Problem(failure))).map { [UInt8]($0) } ?? []
        return Response(
            status: .init(code: failure.httpStatus), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
