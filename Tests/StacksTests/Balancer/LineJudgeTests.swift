import Model
import Testing

@testable import Stacks

@Suite struct LineJudgeTests {
    @Test func `A line is cut into words as HAProxy cuts it, and written so that it is cut alike`() {
        let line = ConfigurationLine(#"http-request set-header X "a b" 'c"d' e\ f # rest"#)
        #expect(line?.words == ["http-request", "set-header", "X", "a b", "c\"d", "e f"])
        #expect(line?.text == #"http-request set-header X 'a b' 'c"d' 'e f'"#)
        #expect(ConfigurationLine("a 'b") == nil)
        #expect(ConfigurationLine(#"acl x src -\x66 /etc/passwd"#) == nil)
        #expect(ConfigurationLine("it\\'s")?.text == #"'it'\''s'"#)
    }

    @Test(arguments: [
        "timeout server 1h", "option forwardfor", "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
        "acl admin path_beg /admin", "http-request deny if admin !{ src 10.0.0.0/8 }", "balance roundrobin",
        "http-response set-header Strict-Transport-Security \"max-age=1; includeSubDomains\"", "maxconn 4096",
        "redirect scheme https code 301 if !{ ssl_fc }", "http-request replace-path /a/(.*) /\\1", "retries 2",
        "http-request set-var(txn.host) req.hdr(host),lower", "compression algo gzip", "monitor-uri /ping",
        "tcp-request connection reject if { src 1.2.3.4 }", "http-request set-path /profile/file.txt",
    ]) func `A line that changes only the service's own requests is taken`(text: String) throws {
        let line = try #require(ConfigurationLine(text))
        guard case .taken = LineJudge.verdict(on: line) else {
            Issue.record("\(LineJudge.verdict(on: line))")
            return
        }
    }

    @Test(arguments: [
        "bind :22", "server a 10.0.0.1:80", "use_backend other", "default_backend other", "stats enable",
        "stats socket /tmp/x", "log 127.0.0.1 local0", "errorfile 503 /etc/shadow", "acl x src -f /etc/shadow",
        "acl x src \"-f\" /etc/shadow", "http-request lua.x", "http-request use-service lua.x", "lua-load /tmp/x",
        "http-request return status 200 content-type text/plain file /etc/shadow",
        "http-request set-header X %[env(SLIPWAY_KEY)]", "http-request set-header X ${HOME}",
        "http-request set-path %[path,map(/etc/passwd)]", "http-request set-path %[path,map_beg(/etc/passwd)]",
        "acl x hdr(host),map_str(/etc/passwd) -m found", "http-request add-acl(/etc/x) a", "filter trace",
        "http-request set-header X %[lua.f]", "http-request do-resolve(txn.a,dns) str(a)", "balance source",
        "option httpchk GET /", "external-check command /bin/sh",
        "http-request set-var(txn.x) str(a),jwt_verify(a,/k)", "http-request set-var(proc.x) str(a)",
        "reqadd X-A:\\ b", "source 0.0.0.0", "tcp-request content use-service lua.x", "capture cookie a len 9",
        "http-request auth unless { http_auth(users) }", "mode tcp", "unique-id-format x", "email-alert to a",
    ]) func `What opens a socket, reads a file or can't be judged is refused`(text: String) throws {
        let line = try #require(ConfigurationLine(text))
        guard case .refused = LineJudge.verdict(on: line) else {
            Issue.record("taken: \(text)")
            return
        }
    }

    @Test func `Sections lead lines to where they belong`() {
        let lines = BalancerLines(
            """
            global
                maxconn 100
            defaults
                timeout client 1m
                option http-server-close
                http-request set-header A b
            frontend 80
                http-request deny if { path /x }
            backend mine
                retries 1
            backend
                balance roundrobin
            frontend 443
                accept-proxy
            """)
        #expect(lines.objections.isEmpty, "\(lines.objections)")
        #expect(
            lines.everyFrontend == [
                "maxconn 100", "timeout client 1m", "option http-server-close", "http-request set-header A b",
            ])
        #expect(lines.everyBackend == ["option http-server-close", "balance roundrobin"])
        #expect(lines.frontends == [80: ["http-request deny if { path /x }"]])
        #expect(lines.backends == ["mine": ["retries 1"]] && lines.proxied == [443])
        let bad = BalancerLines(
            "maxconn 1\nglobal\n  user root\nlisten stats\n  bind :1\nbackend b\n  timeout client 1s")
        #expect(bad.objections.count == 4)
        #expect(bad.objections.last == "line 7 of config, `timeout client 1s`, is refused: it belongs into a frontend")
    }

    @Test func `Stickiness is a cookie that the edge inserts`() throws {
        let policy = try #require(Stickiness(["name": "p", "cookie": "S", "indirect": "true", "nocache": "false"]))
        #expect(policy.lines(key: "k") == ["cookie S insert indirect dynamic", "dynamic-cookie-key k"])
        #expect(policy.objections.isEmpty && Stickiness([:]) == nil && Stickiness(["cookie": ""]) == nil)
        for bad in [
            ["cookie": "a b"], ["cookie": "a", "mode": "prefix"], ["cookie": "a", "timeout": "3"], ["domain": "a\nb"],
        ] {
            #expect(Stickiness(bad)?.objections.isEmpty == false)
        }
    }
}
