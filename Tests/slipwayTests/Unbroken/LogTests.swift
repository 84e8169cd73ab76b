import Client
import Delivery
import Foundation
import Model
import Testing

@testable import slipway

/// A million lines, through the supervisor, the file, the API and the live stream (ACCEPTANCE C33).
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct LogTests {
    private static let count = 1_000_000

    @Test func `A million lines are complete and in order, and a stream goes on at any offset`() async throws {
        try await Installation.run { slipway in
            let script = "#!/bin/sh\nseq \(Self.count) | head -n 500000\nsleep 2\nseq 500001 \(Self.count)\n"
            let repository = try await slipway.web(["deploy/deploy.sh": script])
            let sha = try await slipway.built(repository, "Talk")
            let deploy = try await slipway.deploy("web", sha)
            try await slipway.wait("the step to begin") {
                try await slipway.deployView(deploy.id).steps.contains { $0.index == 1 && $0.state == .running }
            }
            // Followed while it is written, over a restart of the server in the middle.
            let path = "/deploys/\(deploy.id)/steps/1/log"
            async let followed = Self.follow(path, try slipway.client())
            try await slipway.wait("some of the log") {
                try await slipway.client().bytes("\(path)?offset=0").count > 1_000_000
            }
            try await slipway.kill9()
            try await slipway.start()
            #expect(try await slipway.end(of: deploy).deploy.state == .succeeded)

            let expected = (1...Self.count).map { "\($0)\n" }.joined()
            let file = try await slipway.client().bytes(path)
            #expect(file.count == expected.utf8.count)
            #expect(file.elementsEqual(expected.utf8))
            #expect(try await followed == file)
            for offset in [0, 1, 4096, 262_143, 262_144, 3_333_333, file.count - 1] {
                let rest = try await slipway.client().bytes("\(path)?offset=\(offset)")
                #expect(rest == Array(file[offset...]), "from \(offset)")
            }
            try await stream(slipway, "/deploys/\(deploy.id)/steps/1/log/live")
        }
    }

    private static func follow(_ path: String, _ client: SlipwayClient) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in client.log(path) {
            #expect(chunk.offset == bytes.count)
            bytes += chunk.bytes
        }
        return bytes
    }

    /// Reads the page's own stream in pieces: each connection is cut and taken up where the last whole event ended.
    private func stream(_ slipway: Installation, _ path: String) async throws {
        // The end of a line's number and its place tell whether one is missing, doubled or out of order.
        let reader = """
            import re, socket, sys
            path, address, total = sys.argv[1], sys.argv[2], int(sys.argv[3])
            last, seen, cuts, limit = "0", 0, 0, 3_000_000
            while True:
                link = socket.socket(socket.AF_UNIX)
                link.connect(address)
                link.sendall(f"GET {path} HTTP/1.0\\r\\nHost: x\\r\\nLast-Event-ID: {last}\\r\\n\\r\\n".encode())
                data, ended = b"", False
                while True:
                    piece = link.recv(1 << 20)
                    data += piece
                    if not piece or len(data) > limit + cuts * 7919 or b"event: end" in piece:
                        break
                link.close()
                cuts += 1
                text = data.decode("utf-8", "ignore").replace("\\r\\n", "\\n")
                text = re.sub(r"\\n[0-9a-f]+\\n(?=id:|event:|data:|:)", "\\n", text)
                progress = False
                for event in text.split("\\n\\n")[:-1]:
                    if re.search(r"^event: end", event, re.M):
                        ended = True
                        continue
                    name = re.search(r"^id: ?(.*)$", event, re.M)
                    if not name or not re.search(r"^event: log", event, re.M):
                        continue
                    body = "\\n".join(re.findall(r"^data: ?(.*)$", event, re.M))
                    for number in re.findall(r'class="l">(\\d+)<', body):
                        if int(number) != seen + 1:
                            sys.exit(f"after {seen} came {number}, connection {cuts}")
                        seen += 1
                    last, progress = name.group(1), True
                if ended or seen == total:
                    break
                if not progress:
                    sys.exit(f"no progress at {last}: {text[:300]}")
            print(seen, cuts)
            """
        let file = "\(slipway.folder)/reader.py"
        try Data(reader.utf8).write(to: URL(filePath: file))
        let said = try await slipway.shell(
            "python3 '\(file)' '\(path)' '\(slipway.data.socket)' \(Self.count) 2>&1")
        let words = said.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(words.first == Self.count, "\(said)")
        #expect((words.last ?? 0) > 3, "\(said)")
    }
}
