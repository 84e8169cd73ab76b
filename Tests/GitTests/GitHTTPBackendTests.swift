import Foundation
import Git
import Model
import Testing

@Suite(.timeLimit(.minutes(2)))
struct GitHTTPBackendTests {
    /// A body in chunks.
    struct Chunks: AsyncSequence, Sendable {
        typealias Element = [UInt8]
        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: [UInt8]
            let breaksOff: Bool

            mutating func next() async throws -> [UInt8]? {
                guard !rest.isEmpty else {
                    if breaksOff { throw CancellationError() }
                    return nil
                }
                defer { rest = Array(rest.dropFirst(1000)) }
                return Array(rest.prefix(1000))
            }
        }

        var bytes: [UInt8]
        var breaksOff = false

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes, breaksOff: breaksOff) }
    }

    private func read(_ response: CGIResponse) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in response.body { bytes += chunk }
        return bytes
    }

    private func packet(_ text: String) -> [UInt8] {
        let length = String(text.utf8.count + 4, radix: 16)
        return Array((String(repeating: "0", count: 4 - length.count) + length + text).utf8)
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }

    /// The request with which git pushes `main` of `work`: a command and a pack.
    private func push(_ scratch: Scratch) async throws -> [UInt8] {
        let sha = try await scratch.sha()
        try await scratch.bash("git rev-list --objects --all | cut -c-40 | git pack-objects -q --stdout > ../pack")
        let pack = try #require(FileManager.default.contents(atPath: scratch.folder + "/pack"))
        let command = "\(String(repeating: "0", count: 40)) \(sha) refs/heads/main\0 report-status"
        return packet(command) + Array("0000".utf8) + Array(pack)
    }

    private let receive = "application/x-git-receive-pack-request"

    @Test func advertisesReferences() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("commit One")
            try await scratch.fetch()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let request = CGIRequest(method: "GET", pathInfo: "/orders.git/info/refs", query: "service=git-upload-pack")
            let response = try await backend.handle(request, body: Chunks(bytes: []))
            #expect(response.head.status == 200)
            let type = response.head.headers.first { $0.name.lowercased() == "content-type" }
            #expect(type?.value == "application/x-git-upload-pack-advertisement")
            let body = try await read(response)
            #expect(contains(body, "\(try await scratch.sha()) refs/heads/main"))
            var second = request
            second.protocolVersion = "version=2"
            #expect(contains(try await read(try await backend.handle(second, body: Chunks(bytes: []))), "version 2"))
        }
    }

    @Test func pushAndFetch() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("head -c 3000000 /dev/urandom > big; commit One")
            try await scratch.mirror.create()
            try await scratch.mirror.create()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let body = try await push(scratch)
            let (ended, end) = AsyncStream<Void>.makeStream()
            let pushed = try await backend.handle(
                CGIRequest(
                    method: "POST", pathInfo: "/orders.git/git-receive-pack", contentType: receive,
                    contentLength: body.count, user: "ann"),
                body: Chunks(bytes: body), ended: { end.finish() })
            #expect(pushed.head.status == 200)
            #expect(contains(try await read(pushed), "ok refs/heads/main"))
            for await _ in ended {}
            let sha = try await scratch.sha()
            #expect(try await scratch.mirror.head(of: "main") == sha)

            let wants = packet("want \(sha)\n") + Array("0000".utf8) + packet("done\n")
            let fetched = try await backend.handle(
                CGIRequest(
                    method: "POST", pathInfo: "/orders.git/git-upload-pack",
                    contentType: "application/x-git-upload-pack-request"),
                body: Chunks(bytes: wants))
            let pack = try await read(fetched)
            #expect(pack.count > 3_000_000)
            #expect(contains(Array(pack.prefix(20)), "NAK"))
            #expect(contains(Array(pack.prefix(20)), "PACK"))
        }
    }

    @Test func pushThatBringsTooMuchIsRefused() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("head -c 300000 /dev/urandom > big; commit One")
            try await scratch.mirror.create()
            let body = try await push(scratch)
            for (largest, isTaken) in [(100_000, false), (1_000_000, true)] {
                let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git", largestPush: largest)
                let pushed = try await backend.handle(
                    CGIRequest(
                        method: "POST", pathInfo: "/orders.git/git-receive-pack", contentType: receive,
                        contentLength: body.count, user: "ann"),
                    body: Chunks(bytes: body))
                let answer = try? await read(pushed)
                #expect(contains(answer ?? [], "ok refs/heads/main") == isTaken)
            }
        }
    }

    @Test func gzippedRequestsArePassedOn() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("commit One")
            try await scratch.fetch()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let wants = packet("want \(try await scratch.sha())\n") + Array("0000".utf8) + packet("done\n")
            try Data(wants).write(to: URL(fileURLWithPath: scratch.folder + "/wants"))
            try await scratch.bash("gzip ../wants")
            let zipped = try #require(FileManager.default.contents(atPath: scratch.folder + "/wants.gz"))
            let response = try await backend.handle(
                CGIRequest(
                    method: "POST", pathInfo: "/orders.git/git-upload-pack",
                    contentType: "application/x-git-upload-pack-request", contentEncoding: "gzip",
                    contentLength: zipped.count),
                body: Chunks(bytes: Array(zipped)))
            #expect(contains(try await read(response), "PACK"))
        }
    }

    @Test func pushThatBreaksOffChangesNothing() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("head -c 300000 /dev/urandom > big; commit One")
            try await scratch.mirror.create()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let body = try await push(scratch)
            let (ended, end) = AsyncStream<Void>.makeStream()
            await #expect(throws: (any Error).self) {
                let response = try await backend.handle(
                    CGIRequest(
                        method: "POST", pathInfo: "/orders.git/git-receive-pack", contentType: receive, user: "ann"),
                    body: Chunks(bytes: Array(body.dropLast(1000)), breaksOff: true), ended: { end.finish() })
                _ = try await read(response)
            }
            for await _ in ended {}
            #expect(try await scratch.mirror.head(of: "main") == nil)
        }
    }

    @Test func answerThatIsLetGoEndsGit() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("head -c 30000000 /dev/urandom > big; commit One")
            try await scratch.fetch()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let wants = packet("want \(try await scratch.sha())\n") + Array("0000".utf8) + packet("done\n")
            let (ended, end) = AsyncStream<Void>.makeStream()
            do {
                let response = try await backend.handle(
                    CGIRequest(
                        method: "POST", pathInfo: "/orders.git/git-upload-pack",
                        contentType: "application/x-git-upload-pack-request"),
                    body: Chunks(bytes: wants), ended: { end.finish() })
                for try await _ in response.body { break }
            }
            for await _ in ended {}
        }
    }

    @Test(arguments: [
        ("GET", "/orders.git/HEAD", ""), ("GET", "/orders.git/info/refs", ""),
        ("GET", "/orders.git/info/refs", "service=git-upload-archive"),
        ("GET", "/../orders.git/info/refs", "service=git-upload-pack"),
        ("GET", "/../../etc.git/info/refs", "service=git-upload-pack"),
        ("POST", "/orders.git/git-upload-archive", ""), ("POST", "/orders.git/info/refs", "service=git-upload-pack"),
        ("GET", "/none.git/info/refs", "service=git-upload-pack"),
        ("POST", "/orders.git/git-receive-pack", ""),
    ])
    func otherRequestsAreRefused(_ method: String, _ path: String, _ query: String) async throws {
        try await Scratch.use { scratch in
            try await scratch.mirror.create()
            let backend = GitHTTPBackend(projectRoot: scratch.folder + "/git")
            let response = try await backend.handle(
                CGIRequest(method: method, pathInfo: path, query: query), body: Chunks(bytes: []))
            #expect([403, 404].contains(response.head.status))
            #expect(try await !read(response).isEmpty)
        }
    }
}
