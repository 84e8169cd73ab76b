import Foundation
import Testing

@testable import Model

struct ModelTests {
    private let sha = "0123456789abcdef0123456789abcdef01234567"
    private let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test func `A SHA is forty hexadecimal digits and nothing else`() throws {
        #expect(SHA(sha)?.short == "0123456")
        #expect(SHA(sha.uppercased())?.description == sha)
        for text in ["", "0123456", sha + "0", String(sha.dropLast()) + "g"] { #expect(SHA(text) == nil) }
        let decoded = try JSONDecoder().decode(SHA.self, from: Data("\"\(sha)\"".utf8))
        #expect(decoded.description == sha)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(SHA.self, from: Data("\"main\"".utf8)) }
    }

    @Test(
        arguments: [
            ("debian", nil, "debian", nil), ("acme/orders:15", nil, "acme/orders", "15"),
            ("127.0.0.1:5000/acme/orders", "127.0.0.1:5000", "acme/orders", nil),
            ("registry.example.com/a/b:1.0", "registry.example.com", "a/b", "1.0"),
            ("localhost/x", "localhost", "x", nil),
        ] as [(String, String?, String, String?)])
    func `An image's name falls into registry, repository and tag`(
        text: String, registry: String?, repository: String, tag: String?
    ) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.registry == registry)
        #expect(reference.repository == repository)
        #expect(reference.tag == tag)
        #expect(reference.description == text)
    }

    @Test func `A digest is kept, a broken one is no image`() throws {
        #expect(ImageReference("acme/orders@\(digest)")?.digest?.description == digest)
        #expect(ImageReference("acme/orders@sha256:12") == nil)
        #expect(ImageReference("acme/orders:") == nil)
        #expect(ImageReference("Acme/Orders") == nil)
    }

    @Test(
        arguments: [
            ("Merge pull request #12 from acme/fix", 12), ("Fix the total (#7)", 7), ("Fix #7", nil), ("", nil),
        ] as [(String, Int?)])
    func `Merge and squash commits name their pull request`(title: String, number: Int?) throws {
        let commit = Commit(
            id: 1, appID: 1, sha: try #require(SHA(sha)), authorName: "Ada", authorEmail: "a@example.com",
            committedAt: Date(), title: title, body: "", additions: 0, deletions: 0, position: 1, seenAt: Date())
        #expect(commit.pullRequest == number)
    }

    @Test func `Exit and HTTP status follow from a failure's code`() {
        #expect(Failure.Code.allCases.map { Failure($0, "x").exitStatus }.filter { $0 == 0 }.isEmpty)
        #expect(Failure(.rolledBack, "x").exitStatus == 3)
        #expect(Failure(.timedOut, "x").exitStatus == 4)
        #expect(Failure(.usage, "x").exitStatus == 2)
        #expect(Failure(.notFound, "x").httpStatus == 404)
    }

    @Test func `A finding reads as editors expect`() {
        let finding = Finding(
            file: "slipway.yml", line: 3, column: 5, message: "unknown key 'tset'", hint: "did you mean 'test'?")
        #expect(finding.description == "slipway.yml:3:5: error: unknown key 'tset' (did you mean 'test'?)")
    }
}
