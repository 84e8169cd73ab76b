import Client
import Delivery
import Foundation
import Model
import Stacks
import Testing

@testable import slipway

/// A service that doesn't speak HTTP, with connections that stay open for seconds: the edge in TCP mode.
@Suite(.enabled(if: Installation.isEnabled), .timeLimit(.minutes(5)))
struct LineProtocolTests {
    /// Answers each line with its revision's text; a process a connection, and TERM ends none that is open.
    private static let server = """
        use IO::Socket::INET;
        $SIG{CHLD} = "IGNORE";
        my $ending = 0;
        $SIG{TERM} = sub { $ending = 1 };
        my $listener = IO::Socket::INET->new(LocalPort => 7000, Listen => 64, ReuseAddr => 1) or die;
        $listener->timeout(0.2);
        until ($ending) {
            my $client = $listener->accept or next;
            if (fork) { close $client; next }
            $SIG{TERM} = "IGNORE";
            $client->autoflush(1);
            while (my $line = <$client>) { chomp $line; print $client "$ENV{TEXT} $line\\n" }
            exit 0;
        }
        """

    /// Four clients: 40 lines on a connection, one every 50 ms, then another connection; ends when the file is gone.
    private static let client = """
        use IO::Socket::INET;
        my ($port, $file) = @ARGV;
        for (1 .. 3) { fork or last }
        open my $out, ">>", "$file.out" or die;
        $out->autoflush(1);
        while (-e $file) {
            my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 10);
            unless ($server) { print $out "refused\\n"; select undef, undef, undef, 0.05; next }
            $server->autoflush(1);
            my $said;
            for my $number (1 .. 40) {
                print $server "$number\\n";
                my $line = <$server> // "";
                my ($text, $echo) = split " ", $line;
                print $out $line eq "" ? "cut after " . ($number - 1) . "\\n" : $echo == $number ? "" : "wrong: $line";
                last if $line eq "";
                print $out "mixed: $said and $text\\n" if defined $said && $said ne $text;
                $said = $text;
                select undef, undef, undef, 0.05;
            }
            print $out "$said\\n" if defined $said;
        }
        1 while wait > 0;
        """

    private func files(_ text: String, port: Int) -> [String: String] {
        let code = Self.server.replacing("$", with: "$$").split(separator: "\n").map { "            \($0)" }
        return [
            "docker-compose.yml": """
            version: "2"
            services:
              lines:
                image: debian:12-slim
                ports: ["127.0.0.1:\(port):7000"]
                environment: {TEXT: \(text)}
                scale: 2
                command:
                    - perl
                    - -e
                    - |
            \(code.joined(separator: "\n"))

            """,
            "deploy/deploy.sh": "#!/bin/sh\nrancher up --stack shop --upgrade -d --file docker-compose.yml\n",
            "slipway.yml": "image: false\nrollout: {settle: 1s, drain: 20s}\n",
        ]
    }

    @Test func `No connection is refused, cut or moved to another revision while it is open`() async throws {
        try await Installation.run { slipway in
            let port = slipway.port + 1000
            let repository = try await slipway.web(files("one", port: port))
            let first = try await slipway.built(repository, "One")
            let view = try await slipway.end(of: try await slipway.deploy("web", first))
            #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")

            let file = "\(slipway.folder)/clients"
            try Data().write(to: URL(filePath: file))
            try Data(Self.client.utf8).write(to: URL(filePath: "\(file).pl"))
            try await slipway.shell(
                "(perl '\(file).pl' \(port) '\(file)'; : > '\(file).ended') > '\(file).log' 2>&1 &")
            for (number, text) in ["two", "three"].enumerated() {
                let sha = try await slipway.built(repository, "Upgrade \(number)", files(text, port: port))
                let view = try await slipway.end(of: try await slipway.deploy("web", sha))
                #expect(view.deploy.state == .succeeded, "\(view.deploy.reason ?? "")")
                try await slipway.wait("a whole connection to \(text)") {
                    try String(contentsOfFile: "\(file).out", encoding: .utf8).contains(text)
                }
            }
            try FileManager.default.removeItem(atPath: file)
            try await slipway.wait("the clients to end") { FileManager.default.fileExists(atPath: "\(file).ended") }
            let said = try String(contentsOfFile: "\(file).out", encoding: .utf8).split(separator: "\n")
            #expect(Set(said) == ["one", "two", "three"])
            let configuration = try String(contentsOfFile: "\(slipway.data.path)/edge/haproxy.cfg", encoding: .utf8)
            #expect(!configuration.contains("mode http"))
        }
    }
}
