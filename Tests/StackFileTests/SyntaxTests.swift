import Model
import Testing

@testable import StackFile

@Suite struct SyntaxTests {
    struct PortRow: Decodable {
        struct Port: Decodable {
            let `protocol`: String
            let target: Int
            let published: String?
            let hostIP: String?
        }
        let input: String
        let expect: [Port]?
    }

    @Test(.enabled(if: Cases.areThere)) func portsFollowCompose() throws {
        for row in try Cases.rows("ports-short-syntax", as: PortRow.self) {
            let result = try? PortSyntax.parse(row.input)
            // A range of host ports for one container port means "any of them", which the model doesn't hold.
            let expected = row.expect.flatMap { ports in
                ports.contains { $0.published?.contains("-") ?? false }
                    ? nil
                    : ports.map { port in
                        PortMapping(
                            hostAddress: port.hostIP, hostPort: port.published.flatMap(Int.init),
                            containerPort: port.target, transport: .init(rawValue: port.protocol) ?? .tcp)
                    }
            }
            #expect(result == expected, "\(row.input)")
        }
    }

    @Test func portsHaveAddressesRangesAndProtocols() throws {
        #expect(
            try PortSyntax.parse("127.0.0.1:8000-8001:80-81/udp") == [
                PortMapping(hostAddress: "127.0.0.1", hostPort: 8000, containerPort: 80, transport: .udp),
                PortMapping(hostAddress: "127.0.0.1", hostPort: 8001, containerPort: 81, transport: .udp),
            ])
        #expect(try PortSyntax.parse("[::1]:80:80") == [.init(hostAddress: "::1", hostPort: 80, containerPort: 80)])
        #expect(try PortSyntax.parse("3000-3001").map(\.containerPort) == [3000, 3001])
        for wrong in ["", "a", "0", "70000", "80:", "1:2:3:4", "90-80", "80-82:80-81", "x:80:80", "80/sctp", "-1"] {
            #expect(throws: SyntaxProblem.self, "\(wrong)") { try PortSyntax.parse(wrong) }
        }
    }

    struct VolumeRow: Decodable {
        struct Volume: Decodable {
            let type: String
            let source: String?
            let target: String
            let readOnly: Bool?
        }
        let input: String
        let expect: Volume?
    }

    @Test(.enabled(if: Cases.areThere)) func volumesFollowCompose() throws {
        for row in try Cases.rows("volumes-short-syntax", as: VolumeRow.self) {
            let mount = try? VolumeSyntax.parse(row.input).mount
            let expected = row.expect.map {
                VolumeMount(source: $0.source, target: $0.target, readOnly: $0.readOnly ?? false)
            }
            #expect(mount == expected, "\(row.input)")
            if let mount, mount.source != nil { #expect(mount.isBind == (row.expect?.type == "bind")) }
        }
    }

    @Test(
        arguments: [
            ("512m", 536_870_912), ("1g", 1 << 30), ("655360", 655_360), ("-1", -1), ("1.5k", 1536),
            ("64 MiB", 64 << 20),
            ("10MB", 10 << 20), ("5b", 5),
        ] as [(String, Int64)])
    func bytes(text: String, expected: Int64) { #expect(Quantities.bytes(text) == expected) }

    @Test(.enabled(if: Cases.areThere)) func bytesFollowCompose() throws {
        let rows = try Cases.tree("compose/bytes.json")["cases"]?.sequence ?? []
        #expect(rows.count == 8)
        for row in rows {
            #expect(row["input"]?.text.flatMap(Quantities.bytes) == row["expect"]?.int.map(Int64.init), "\(row.json)")
        }
    }

    @Test(arguments: ["invalid", "", "m", "1x", "1 g g", "99999999999p"])
    func noBytes(text: String) { #expect(Quantities.bytes(text) == nil) }

    @Test(arguments: [
        ("10", 10), ("5m", 300), ("90s", 90), ("1h30m", 5400), ("1.25h", 4500), ("500ms", 1), ("1d", 86400),
    ])
    func seconds(text: String, expected: Int) { #expect(Quantities.seconds(text) == expected) }

    @Test(arguments: ["", "m", "5 m", "-1", "1x", "5m3", "1e9999h"])
    func noSeconds(text: String) { #expect(Quantities.seconds(text) == nil) }

    @Test func wordsSplitAsAShellDoes() {
        #expect(
            ShellWords.split(#"sh -c "echo \"a b\" '$x'" c\ d ''"#) == ["sh", "-c", #"echo "a b" '$x'"#, "c d", ""])
        #expect(ShellWords.split("a 'b") == nil)
        #expect(ShellWords.split("  ") == [])
    }

    @Test func suggestsWhatIsNear() {
        #expect(Suggestion.nearest(to: "enviroment", in: ["environment", "entrypoint"]) == "environment")
        #expect(Suggestion.nearest(to: "health-check", in: ["health_check"]) == "health_check")
        #expect(Suggestion.nearest(to: "zzz", in: ["image"]) == nil)
    }
}
