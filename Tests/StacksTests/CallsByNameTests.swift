import Engines
import Foundation
import Model
import Testing

@testable import Stacks

/// Calls from service to service by name, through upgrades, on a real Docker Engine.
@Suite(
    .serialized, .timeLimit(.minutes(6)),
    .enabled(if: ProcessInfo.processInfo.environment["SLIPWAY_ENGINE_TESTS"] == "1"))
struct CallsByNameTests {
    let real = RealEngineTests()

    /// Calls each name in turn, a connection for each call, and says how often, and what went wrong.
    private static let caller = """
        use IO::Socket::INET; $|=1; $SIG{TERM}=sub{exit 0}; my ($n,%bad,%got)=(0); my $last=time;
        while(1){ for my $name (split ' ',$ENV{NAMES}){ $n++;
        my $s=IO::Socket::INET->new(PeerAddr=>$name,PeerPort=>8080,Timeout=>5);
        if(!$s){$bad{"$name: $@"}++} else { print $s "GET / HTTP/1.0\\r\\n\\r\\n"; my $t=join '',<$s>;
        if($t=~/200 OK.*\\r\\n\\r\\n(.+)/s){$got{"$name $1"}++}else{$bad{"$name: cut"}++} close $s }
        select(undef,undef,undef,0.005) }
        if(time>$last){$last=time; print "calls $n; ",join('; ',map{"failed $_ $bad{$_}"}sort keys %bad),
        " got ",join(', ',map{"$_ x$got{$_}"}sort keys %got),"\\n"} }
        """

    /// The last line that the caller said.
    private func report(_ harbour: Harbour, _ stack: String) async throws -> String {
        let views = try await harbour.service.stacks(in: harbour.environment).first { $0.name == stack }?.services
        let id = try #require(views?.first { $0.name == "caller" }?.containers.first?.id)
        var text = ""
        for try await chunk in try await harbour.engine.logs(id, follow: false, tail: 2, timestamps: false) {
            text += String(decoding: chunk, as: UTF8.self)
        }
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }

    private func count(_ report: String) -> Int {
        report.firstMatch(of: #/calls (\d+)/#).flatMap { Int($0.1) } ?? 0
    }

    private func caller(_ names: [String], _ change: (inout ServiceSpec) -> Void = { _ in }) -> ServiceSpec {
        var spec = ServiceSpec(
            name: "caller", image: "debian:12-slim", command: ["perl", "-e", Self.caller],
            environment: ["NAMES": names.joined(separator: " ")])
        spec.stopGracePeriod = 1
        change(&spec)
        return spec
    }

    private func target(_ version: String, startsFirst: Bool = true) -> ServiceSpec {
        // Slow to come up, and gone at once on TERM.
        var spec = real.spec(version, scale: 2)
        spec.environment["DELAY"] = "1"
        spec.ports = []
        spec.startFirst = startsFirst
        return spec
    }

    @Test func `Calls by name lose nothing in an upgrade`() async throws {
        try await real.withHarbour(names: true) { harbour in
            let other = "\(real.stack)b"
            func settle(_ specs: [ServiceSpec], _ stack: String) async throws {
                for outcome in try await harbour.up(specs, stack: stack, upgrade: true, options: real.options) {
                    guard let id = outcome.rolloutID else { continue }
                    let ended = try await harbour.settled(id)
                    #expect(ended.state == .done, "\(ended.log.map(\.text))")
                }
            }
            try await settle([target("1")], real.stack)
            var alias = ServiceSpec(name: "store", image: "rancher/dns-service")
            alias.links = ["web"]
            // What leads to it from outside leads there from inside too.
            var lb = ServiceSpec(name: "lb", image: "rancher/lb-service-haproxy")
            lb.ports = [PortMapping(hostPort: 8080, containerPort: 8080)]
            lb.loadBalancer = Model.LoadBalancer()
            var rule = Model.LoadBalancer.Rule()
            (rule.sourcePort, rule.targetPort, rule.service) = (8080, 8080, "web")
            lb.loadBalancer?.rules = [rule]
            let near = caller(["web", "web.\(real.stack)", "behind", "store", "lb"]) { $0.links = ["web:behind"] }
            try await settle([target("1"), lb, alias], real.stack)
            try await settle([target("1"), lb, near, alias], real.stack)
            try await settle(
                [caller(["web.\(real.stack)", "far"]) { $0.externalLinks = ["\(real.stack)/web:far"] }], other)
            for (version, startsFirst) in [("2", true), ("3", true), ("4", false)] {
                try await settle([target(version, startsFirst: startsFirst)], real.stack)
                if version == "2" {
                    // The server dies and comes back; the name server goes on meanwhile, and is killed once too.
                    await harbour.restart()
                    let labels = [Label.instance: real.stack, Label.names: "production"]
                    let servers = try await harbour.engine.containers(labels: labels)
                    let server = try #require(servers.first)
                    try await harbour.engine.kill(server.id, signal: "KILL")
                    try await harbour.until { _ in
                        try await harbour.engine.containers(labels: labels).first?.state == .running
                    }
                }
            }
            for stack in [real.stack, other] {
                let before = count(try await report(harbour, stack))
                try await harbour.until { _ in try await count(report(harbour, stack)) > before }
                let said = try await report(harbour, stack)
                #expect(said.contains("calls") && !said.contains("failed"), "\(said)")
                #expect(said.contains(stack == other ? "far 4 x" : "behind 4 x"), "\(said)")
                #expect(stack == other || said.contains("lb 4 x"), "\(said)")
                #expect(count(said) > 300)
            }
            for stack in [other, real.stack] {
                for outcome in try await harbour.up([], stack: stack, prune: true, options: real.options) {
                    #expect(try await harbour.settled(outcome.rolloutID).state == .done)
                }
            }
            // The name server goes with the last service.
            try await harbour.until { _ in
                try await harbour.engine.containers(labels: [Label.instance: real.stack]).isEmpty
            }
        }
    }
}
