import Foundation
import Access
import HTTPTransport
import Model
import NIOCore
import Testing

@testable import Web

/// How long a request may take, and how many there may be.
@Suite struct LimitTests {
    static let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func `A head that never ends is told so, and so is a body`() async throws {
        try await World.run(settings: {
            $0.limits.headTime = .milliseconds(200)
            $0.limits.bodyTime = .milliseconds(200)
        }) { world in
            for text in [
                "", "GET /healthz HTTP/1.1\r\nHos",
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: 100\r\n\r\naccount=",
            ] {
                let answer = try await RawConnection.open(port: world.port, text) { await $0.toEnd() }
                #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(text)")
                #expect(answer.contains("took too long to arrive"))
            }
        }
    }

    @Test func `A connection that says nothing more is closed, one with a stream stays`() async throws {
        try await World.run(settings: {
            $0.limits.headTime = .seconds(10)
            $0.limits.bodyTime = .seconds(10)
            $0.limits.keepAlive = .milliseconds(100)
        }) { world in
            let token = try #require(try await world.token().first).1
            let stream =
                "GET /live?topics=a/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(token)\r\n\r\n"
            try await RawConnection.open(port: world.port, stream) { reader in
                _ = await reader.until("event: hello")
                let answer = try await RawConnection.open(port: world.port, Self.request) { await $0.toEnd() }
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                #expect(!answer.contains("408"))
                // Now all of the stream's own time-outs would be over, too.
                _ = try await RawConnection.open(port: world.port, "GET") { await $0.toEnd() }
                try await world.log("a/1")
                let text = await reader.until("event: news")
                #expect(text.contains("event: news"))
            }
        }
    }

    @Test func `One address has so many connections, and all have so many`() async throws {
        try await World.run(settings: { $0.limits.connectionsPerAddress = 2 }) { world in
            let status = try await Self.third(world.port)
            #expect(status == "HTTP/1.1 429 Too Many Requests")
        }
        try await World.run(settings: { $0.limits.connections = 2 }) { world in
            let status = try await Self.third(world.port)
            #expect(status == "HTTP/1.1 503 Service Unavailable")
        }
        // A proxy's connections are many people's.
        try await World.run(settings: {
            $0.limits.connectionsPerAddress = 2
            $0.trustedProxies = ["127.0.0.1"].compactMap(AddressRange.init)
        }) { world in
            let status = try await Self.third(world.port)
            #expect(status == "HTTP/1.1 200 OK")
        }
    }

    /// The first line that a third connection is answered with, while two are open.
    static func third(_ port: Int) async throws -> String {
        try await RawConnection.open(port: port, request) { one in
            _ = await one.until("ok\n")
            return try await RawConnection.open(port: port, request) { two in
                _ = await two.until("ok\n")
                return try await RawConnection.open(port: port, request) { three in
                    String(await three.until("\r\n\r\n").prefix { $0 != "\r\n" })
                }
            }
        }
    }

    @Test func `One caller has so many streams, and one that is closed makes room`() async throws {
        try await World.run(settings: { $0.limits.streams = 2 }) { world in
            let token = try #require(try await world.token().first).1
            let stream = "GET /live HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(token)\r\n\r\n"
            try await RawConnection.open(port: world.port, stream) { one in
                _ = await one.until("event: hello")
                try await RawConnection.open(port: world.port, stream) { two in
                    _ = await two.until("event: hello")
                    let third = try await world.get("/live", [("Authorization", token)])
                    #expect(third.status == 429)
                    #expect(third.header("retry-after") == "60")
                }
                var status = 429
                while status == 429 {
                    status = try await RawConnection.open(port: world.port, stream) { reader in
                        await reader.until("\r\n\r\n").contains(" 200 ") ? 200 : 429
                    }
                }
                #expect(status == 200)
            }
        }
    }

    @Test func `A seat is given back with whatever holds it`() throws {
        let seats = StreamSeats(most: 1)
        var seat: StreamSeats.Seat? = try seats.take("a")
        #expect(seats.count("a") == 1)
        #expect(throws: (any Error).self) { try seats.take("a") }
        _ = try seats.take("b")
        seat = nil
        #expect(seat == nil && seats.count("a") == 0)
    }

    @Test func `The clock gives git more time, and none while an answer is made`() {
        let limits = RequestLimits()
        let start = NIODeadline.uptimeNanoseconds(0)
        func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }
        var clock = RequestClock(limits, now: start)
        #expect(clock.deadline == after(15))
        clock.head(path: "/apps", now: after(1))
        clock.piece(now: after(2))
        #expect(clock.deadline == after(61))
        clock.end()
        #expect(clock.deadline == nil)
        clock.head(path: "/git/a.git/git-receive-pack", now: after(3))
        clock.answered(now: after(4))
        clock.piece(now: after(100))
        #expect(clock.deadline == after(400))
        clock.end()
        clock.answered(now: after(101))
        #expect(clock.deadline == after(176))
    }

    @Test func `A push leaves room on the disk`() throws {
        let all = try #require(try GitRoutes.room(at: "/tmp", reserve: 0))
        #expect(try #require(try GitRoutes.room(at: "/tmp", reserve: 1 << 20)) < all)
        #expect(try GitRoutes.room(free: 900, of: 10_000, reserve: 300) == 600)
        #expect(try GitRoutes.room(free: 900, of: 1000, reserve: 300) == 850)
        #expect(throws: Failure.self) { try GitRoutes.room(free: 300, of: 10_000, reserve: 300) }
        #expect(try GitRoutes.room(at: "/nowhere/at/all", reserve: 0) == nil)
    }
}
