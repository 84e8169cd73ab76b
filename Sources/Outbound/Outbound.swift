import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTPS to the outside: whole answers, limited in size and time, from servers whose certificates are good.
///
/// Redirects are not followed: whoever asks knows the address that is meant, and a secret must not travel further.
/// There is no pool. The calls are rare, and a client that is closed after each costs nothing between them.
public struct Outbound: Sendable {
    /// Bytes that an answer may have.
    public static let largestAnswer = 1 << 20
    /// The time for a whole call.
    public static let timeLimit = Duration.seconds(15)

    private let largest: Int
    private let limit: Duration

    public init(largestAnswer: Int = Outbound.largestAnswer, timeLimit: Duration = Outbound.timeLimit) {
        largest = largestAnswer
        limit = timeLimit
    }

    /// The answer, whatever its status. Throws `.invalid` for an address that may not be asked, `.unavailable` where no
    /// whole answer of a permitted size came, `.timedOut` after the limit; the cause never has the request in it.
    public func send(_ request: OutboundRequest) async throws -> OutboundReply {
        let place = Self.place(request.url)
        if let problem = OutboundAddress.problem(request.url) {
            throw Failure(.invalid, "\(place) \(problem)", hint: "Slipway asks HTTPS addresses alone.")
        }
        do {
            return try await withThrowingTaskGroup(of: OutboundReply?.self) { [largest, limit] group in
                group.addTask { try await Self.exchange(request, largest: largest) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let reply = try await group.next() ?? nil else {
                    throw Failure(.timedOut, "\(place) took longer than \(limit.components.seconds) s to answer")
                }
                return reply
            }
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw Failure(.unavailable, "\(place) answered with more than \(largest) bytes")
        } catch {
            try Task.checkCancellation()
            throw Failure(.unavailable, "\(place) doesn't answer", cause: "\(error)")
        }
    }

    private static func exchange(_ request: OutboundRequest, largest: Int) async throws -> OutboundReply {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
        do {
            var call = HTTPClientRequest(url: request.url)
            call.method = HTTPMethod(rawValue: request.method)
            for (name, value) in request.headers { call.headers.replaceOrAdd(name: name, value: value) }
            call.headers.replaceOrAdd(name: "User-Agent", value: "Slipway")
            if !request.body.isEmpty { call.body = .bytes(request.body) }
            let answer = try await client.execute(call, timeout: .seconds(60))
            let body = try await answer.body.collect(upTo: largest)
            try await client.shutdown()
            return OutboundReply(status: Int(answer.status.code), body: Array(body.readableBytesView))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// The address without its query, which may hold a secret.
    private static func place(_ url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" }.prefix(200)) }
}
