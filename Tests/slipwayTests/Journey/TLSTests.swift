import Foundation
import Glibc
import Model
import Supervisor
import Testing

@testable import slipway

/// HAProxy in front of the server's own pages.
@Suite(.enabled(if: Installation.isEnabled), .serialized, .timeLimit(.minutes(10)))
struct TLSTests {
    /// A server with a certificate for localhost, and what curl needs to ask it.
    struct Secured {
        let slipway: Installation
        var certificate: String { "\(slipway.folder)/chain.pem" }
        var key: String { "\(slipway.folder)/key.pem" }
        var url: String { "https://localhost:\(slipway.port + 1)" }
        var arguments: [String] {
            [
                "--tls-certificate", certificate, "--tls-key", key, "--tls-host", "127.0.0.1", "--tls-port",
                "\(slipway.port + 1)", "--redirect-port", "\(slipway.port + 2)", "--public-url", url,
            ]
        }
        var front: Daemon { Daemon(name: "haproxy", pidDirectory: slipway.data.front, logPath: "/dev/null") }

        /// Makes a certificate and a key, as a renewal does.
        func renew() async throws {
            try await slipway.shell(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout '\(key).new' -out '\(certificate).new' 2>/dev/null
                chmod 0600 '\(key).new' && mv '\(key).new' '\(key)' && mv '\(certificate).new' '\(certificate)'
                cat '\(certificate)' >> '\(certificate).all'
                """)
        }

        func curl(_ arguments: String) async throws -> String {
            try await slipway.shell("curl -sS --max-time 60 --cacert '\(certificate).all' \(arguments) 2>&1 || true")
        }

        func fingerprint() async throws -> String {
            try await slipway.shell(
                "openssl s_client -connect 127.0.0.1:\(slipway.port + 1) </dev/null 2>/dev/null | openssl x509 -noout -fingerprint"
            )
        }
    }

    static func run(_ test: (Secured) async throws -> Void) async throws {
        try await Installation.run(serving: false) { slipway in
            let secured = Secured(slipway: slipway)
            try await secured.renew()
            try await slipway.start(secured.arguments)
            try await test(secured)
        }
    }

    @Test func `The front speaks modern TLS and HTTP 2, believes nobody, and sends http on to the public URL`()
        async throws
    {
        try await Self.run { secured in
            let (url, slipway) = (secured.url, secured.slipway)
            let answer = try await secured.curl("-i --http2 \(url)/sign-in")
            #expect(answer.hasPrefix("HTTP/2 200"))
            #expect(answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"))
            #expect(
                try await secured.curl("--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 \(url)/healthz").contains("alert"))
            #expect(try await secured.curl("--tls-max 1.2 \(url)/healthz") == "ok\n")
            let redirect = try await secured.curl(
                "-i -H 'Host: evil.example' 'http://127.0.0.1:\(slipway.port + 2)/apps?x=1'")
            #expect(redirect.contains("308") && redirect.contains("\(url)/apps?x=1"))
            #expect(!redirect.contains("evil"))
            // Whoever comes by it is no admin, whatever they say of themselves.
            let spoof = "-H 'X-Forwarded-For: 1.2.3.4' -H 'Forwarded: for=1.2.3.4' -H 'X-Forwarded-Proto: http'"
            #expect(try await secured.curl("-i \(spoof) \(url)/api/v1/apps").hasPrefix("HTTP/2 401"))
            let signIn = try await secured.curl("-i \(spoof) -d account=ghost -d password=x \(url)/sign-in")
            #expect(signIn.hasPrefix("HTTP/2 401"))
            #expect(signIn.contains("strict-transport-security"))
            let audit = try await slipway.program(["audit", "--action", "session"]).output
            #expect(audit.contains("ghost") && audit.contains("127.0.0.1") && !audit.contains("1.2.3.4"))
            let mode = try FileManager.default.attributesOfItem(atPath: "\(slipway.data.front)/slipway.pem")[
                .posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test func `The command line speaks https, and believes only a certificate that it can trust`() async throws {
        try await Self.run { secured in
            let slipway = secured.slipway
            let created = try await slipway.program(["tokens", "create", "laptop"])
            let token = try #require(created.output.firstMatch(of: /slp_\w+/)).output
            var variables = ["SLIPWAY_URL": secured.url, "SLIPWAY_TOKEN": String(token)]
            let unknown = try await slipway.program(["apps"], variables)
            #expect(unknown.status == 1 && unknown.output.contains("isn't from an authority that is trusted"))
            #expect(unknown.output.contains("SSL_CERT_FILE") && !unknown.output.contains(token))
            variables["SSL_CERT_FILE"] = secured.certificate
            #expect(try await slipway.program(["apps", "add", "billing"], variables).status == 0)
            #expect(try await slipway.program(["apps", "--json"], variables).output.contains("billing"))
            // The certificate is localhost's.
            variables["SLIPWAY_URL"] = "https://127.0.0.1:\(slipway.port + 1)"
            #expect(try await slipway.program(["apps"], variables).output.contains("isn't believed"))
            variables["SLIPWAY_URL"] = "https://127.0.0.1:\(slipway.port)"
            #expect(try await slipway.program(["apps"], variables).output.contains("doesn't speak TLS"))
            variables["SSL_CERT_FILE"] = "/nowhere.pem"
            #expect(try await slipway.program(["apps"], variables).output.contains("/nowhere.pem"))
        }
    }

    @Test func `A renewed certificate is taken up while a stream goes on, a broken one is not, and a push passes`()
        async throws
    {
        try await Self.run { secured in
            let (url, slipway) = (secured.url, secured.slipway)
            let repository = try await slipway.app("orders", files: [:])
            let token = try #require(repository.remote.firstMatch(of: /slp_\w+/)).output
            let stream = "\(slipway.folder)/stream"
            try await slipway.shell(
                """
                curl -sSN --cacert '\(secured.certificate).all' -H 'Authorization: Bearer \(token)' \
                \(url)/api/v1/events > '\(stream)' 2>&1 & echo $! > '\(stream).pid'
                """)
            func heard(_ words: String) -> Bool {
                (try? String(contentsOfFile: stream, encoding: .utf8))?.contains(words) == true
            }
            try await slipway.wait("the stream to begin") { heard("event: hello") }
            let first = try await secured.fingerprint()
            try await secured.renew()
            try await slipway.wait("the new certificate") { try await secured.fingerprint() != first }
            let second = try await secured.fingerprint()
            try Data("not a certificate".utf8).write(to: URL(filePath: secured.certificate))
            try await slipway.wait("the server to say so") {
                try String(contentsOfFile: slipway.log, encoding: .utf8).contains("holds no certificate")
            }
            #expect(try await secured.fingerprint() == second)
            // Five megabytes of noise, so that nothing is small enough to be held up somewhere.
            try await slipway.shell("head -c 5000000 /dev/urandom > '\(repository.folder)/noise'")
            _ = try await repository.commit("Noise")
            let pushed = try await slipway.shell(
                """
                GIT_SSL_CAINFO='\(secured.certificate).all' git -C '\(repository.folder)' push --quiet \
                'https://x:\(token)@localhost:\(slipway.port + 1)/git/orders.git' main 2>&1 && echo pushed
                """)
            #expect(pushed.hasSuffix("pushed\n"), "\(pushed)")
            #expect(try await slipway.program(["apps", "add", "billing"]).status == 0)
            try await slipway.wait("the stream to tell of it") { heard("\"topic\":\"apps\"") }
            try await slipway.shell("kill $(cat '\(stream).pid')")
        }
    }

    @Test func `The front answers while the server is restarted, comes back by itself, and goes when not asked for`()
        async throws
    {
        try await Self.run { secured in
            let slipway = secured.slipway
            let before = secured.front.pid
            try await slipway.terminate()
            let answer = try await secured.curl("-i \(secured.url)/healthz")
            #expect(answer.hasPrefix("HTTP/2 503") && answer.contains("retry-after: 5"))
            #expect(answer.contains("being restarted") && answer.contains("strict-transport-security"))
            try await slipway.start(secured.arguments)
            #expect(try await secured.curl("\(secured.url)/healthz") == "ok\n")
            #expect(secured.front.pid == before)
            if let before { kill(before, SIGKILL) }
            try await slipway.wait("the front to be back") {
                try await secured.curl("\(secured.url)/healthz") == "ok\n"
            }
            #expect(secured.front.pid != before)
            try await slipway.terminate()
            try await slipway.start()
            #expect(secured.front.pid == nil)
        }
    }

    @Test func `What can't be used is said at the start`() async throws {
        try await Installation.run(serving: false) { slipway in
            let secured = Secured(slipway: slipway)
            func serve(_ more: String...) async throws -> (status: Int32, output: String) {
                try await slipway.program(
                    ["serve", "--data", slipway.data.path, "--port", "\(slipway.port)", "--engine", slipway.socket]
                        + more)
            }
            let files = ["--tls-certificate", secured.certificate, "--tls-key", secured.key]
            #expect(try await serve(files[0], files[1]).status == 2)
            #expect(try await serve("--trusted-proxy", "everybody").output.contains("not a range of addresses"))
            #expect(try await serve("--public-url", "slipway.example.com").status == 2)
            let port = ["--tls-host", "127.0.0.1", "--tls-port", "\(slipway.port + 1)"]
            func refused(_ words: String) async throws {
                let done = try await slipway.program(
                    ["serve", "--data", slipway.data.path, "--port", "\(slipway.port)", "--engine", slipway.socket]
                        + files + port)
                #expect(done.status != 0 && done.output.contains(words), "\(done.output)")
            }
            try await refused("can't be read")
            try await secured.renew()
            try await slipway.shell("chmod 0644 '\(secured.key)'")
            try await refused("chmod 0600")
            let other = try await slipway.shell("cat '\(secured.key)'")
            try await secured.renew()
            try Data(other.utf8).write(to: URL(filePath: secured.key))
            try await slipway.shell("chmod 0600 '\(secured.key)'")
            try await refused("can't be used")
        }
    }
}
