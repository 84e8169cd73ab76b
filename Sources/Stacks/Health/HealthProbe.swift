import Foundation
import HTTPTransport
import Model

/// One look at a container from outside: a TCP connect, or an HTTP request whose answer must be 2xx or 3xx.
struct HealthProbe: Sendable, Hashable {
    let address: String
    let check: HealthCheck

    func run() async -> ProbeResult {
        let clock = ContinuousClock()
        let start = clock.now
        let exchange = SocketExchange(endpoint: .tcp(host: address, port: check.port))
        let timeout = Duration.milliseconds(max(1, check.responseTimeout))
        do {
            guard let line = check.requestLine, let request = Self.request(line, host: address, port: check.port)
            else {
                try await exchange.connect(timeout: timeout)
                return result(true, "port \(check.port) answers", clock.now - start)
            }
            let answer = try await exchange.exchange(request, timeout: timeout) { $0.contains("\n") }
            guard let status = Self.status(of: answer) else {
                return result(false, "port \(check.port) doesn't answer in HTTP", clock.now - start)
            }
            return result((200..<400).contains(status), "HTTP \(status)", clock.now - start)
        } catch let failure as Failure {
            let text = failure.cause.map { "port \(check.port): \($0)" } ?? failure.message
            return ProbeResult(at: Date(), passed: false, text: text)
        } catch {
            return ProbeResult(at: Date(), passed: false, text: "port \(check.port): the connection was cut")
        }
    }

    private func result(_ passed: Bool, _ text: String, _ time: Duration) -> ProbeResult {
        ProbeResult(at: Date(), passed: passed, text: "\(text) in \(time.milliseconds) ms")
    }

    /// The request for Rancher's forms of a request line: `GET /health`, `GET /health HTTP/1.0`,
    /// `GET /health "HTTP/1.0"`; nil where there is no path.
    static func request(_ line: String, host: String, port: Int) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"'")) }.filter { !$0.isEmpty }
        guard words.count >= 2, words[1].hasPrefix("/") else { return nil }
        let version = words.count > 2 && words[2].hasPrefix("HTTP/") ? words[2] : "HTTP/1.0"
        return [
            "\(words[0]) \(words[1]) \(version)", "Host: \(host):\(port)", "User-Agent: slipway", "Connection: close",
            "", "",
        ].joined(separator: "\r\n")
    }

    /// Status of `HTTP/1.1 200 OK`.
    static func status(of answer: String) -> Int? {
        guard answer.hasPrefix("HTTP/1.1 ") || answer.hasPrefix("HTTP/1.0 ") else { return nil }
        let digits = answer.dropFirst(9).prefix(3)
        return digits.count == 3 && digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }

    /// Method and path for HAProxy's own check.
    static func methodAndPath(_ line: String) -> (method: String, path: String)? {
        guard let request = request(line, host: "", port: 0) else { return nil }
        let words = request.split(separator: " ")
        return (String(words[0]), String(words[1]))
    }
}
