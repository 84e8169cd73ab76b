import HTTPTypes
import Model

/// A failure whose answer carries headers of its own, or a status that no other failure has.
struct Refusal: Error {
    var failure: Failure
    var headers: HTTPFields
    var status: HTTPResponse.Status?
}
