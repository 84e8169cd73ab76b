import Client
import Delivery
import Foundation
import Glibc
import Model
import Testing

@testable import slipway

/// What scripts and tests try that mean harm to the machine that runs them.
@Suite(.enabled(if: Installation.isEnabled && geteuid() == 0), .serialized, .timeLimit(.minutes(10)))
struct HostileScriptTests {
    /// Says of each thing whether it could be had.
    private static let attempt =
        "try() { name=$1; shift; if \"$@\" > /dev/null 2>&1; then echo \"OPEN $name\"; else echo \"closed $name\"; fi; }"

    private func deploy(_ command: String) -> [String: String] {
        ["slipway.yml": "deploy:\n  override:\n    - ./deploy.sh\n", "deploy.sh": "#!/bin/bash\n\(command)\n"]
    }

    private func run(_ app: String, _ sha: SHA, _ slipway: Installation) async throws -> (view: DeployView, log: String)
    {
        let view = try await slipway.end(of: try await slipway.deploy(app, sha))
        return (view, try await slipway.log(of: view.steps, at: "/deploys/\(view.deploy.id)"))
    }

    @Test func `A script can't get at Slipway's data, at others' work or at the engine, and leaves nothing`()
        async throws
    {
        try await Installation.run { slipway in
            let (data, folder) = (slipway.data.path, slipway.folder)
            let server = try #require(slipway.pid)
            // Somebody else's deploy and build, under way.
            let orders = try await slipway.app("orders", files: deploy("echo $$ > \(folder)/victim; sleep 1000"))
            let victimCommit = try await orders.push("Victim")
            _ = try await slipway.build(of: "orders", victimCommit)
            let victim = try await slipway.deploy("orders", victimCommit)
            let article = try await slipway.app(
                "article",
                files: ["slipway.yml": "image: false\ntest: {image: 'debian:12-slim', steps: ['sleep 1000']}\n"])
            _ = try await article.push("Tested")
            let job = try await slipway.wait("the test to run") { () -> String? in
                let names = try await slipway.shell("ls -d \(data)/checkouts/build-*.job/agent.sock")
                return names.isEmpty ? nil : (names as NSString).deletingLastPathComponent
            }
            let process = try await slipway.wait("the other script to run") { () -> String? in
                let text = (try? String(contentsOfFile: "\(folder)/victim", encoding: .utf8)) ?? ""
                return text.hasSuffix("\n") ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
            }
            try await slipway.shell("mkdir \(folder)/kept && touch \(folder)/kept/file && chmod -R 777 \(folder)/kept")

            let web = try await slipway.app(
                "web",
                files: deploy(
                    """
                    \(Self.attempt)
                    try database cat \(data)/slipway.sqlite
                    try journal cat \(data)/slipway.sqlite-wal
                    try keys ls \(data)/keys
                    try instance cat \(data)/keys/instance
                    try runs ls \(data)/run
                    try socket curl -sf --unix-socket \(data)/run/slipway.sock http://x/api/v1/apps
                    try logs ls \(data)/logs
                    try repositories ls \(data)/git
                    try checkouts ls \(data)/checkouts
                    try checkout ls \(data)/checkouts/deploy-\(victim.id)
                    try home ls \(data)/checkouts/deploy-\(victim.id).home
                    try build ls \((job as NSString).deletingPathExtension)
                    try job bash -c 'echo exit >> \(job)/bash_env'
                    try agent test -S \(job)/agent.sock
                    try write touch \(data)/mine \(data)/bin/mine \(data)/checkouts/mine
                    try server cat /proc/\(server)/environ
                    try supervisor cat /proc/$PPID/environ
                    try spec cat "$SLIPWAY_RUN/spec.json"
                    try victim cat /proc/\(process)/environ
                    try signals kill -0 \(server)
                    try signal kill -0 $PPID
                    try other kill -0 \(process)
                    try engine curl -sf --unix-socket \(slipway.socket) http://x/_ping
                    try own touch here "$HOME/there" "$TMPDIR/everywhere"
                    try git git status
                    try slipway slipway ps
                    echo "user $(id -u), groups $(id -G)"
                    ln -s \(folder)/kept links; ln -s /etc etc; mkdir -p deep; mkfifo pipe
                    for i in $(seq 300); do ln -s ../../kept/file deep/$i; done
                    (for i in $(seq 200); do mkdir d && cd d || exit; done; ln -s \(folder)/kept end)
                    git config core.fsmonitor 'touch \(folder)/pwned; false'
                    git config core.hooksPath hooks; mkdir hooks
                    printf '#!/bin/sh\\ntouch \(folder)/pwned\\n' | tee hooks/post-checkout > hooks/reference-transaction
                    chmod +x hooks/*
                    setsid -f env -i /bin/bash -c 'echo $$ > \(folder)/daemon; while :; do sleep 0.2; ln -sfn \(folder)/kept links; done'
                    until [ -s \(folder)/daemon ]; do sleep 0.1; done
                    """))
            let sha = try await web.push("Hostile")
            _ = try await slipway.build(of: "web", sha)
            let first = try await run("web", sha, slipway)
            #expect(first.view.deploy.state == .succeeded, "\(first.view.deploy.reason ?? "") \(first.log)")
            let open = first.log.split(separator: "\n").filter { $0.hasPrefix("OPEN") }
            #expect(open == ["OPEN own", "OPEN git", "OPEN slipway"], "\(first.log)")
            #expect(first.log.matches(of: /(?m)^closed/).count == 23, "\(first.log)")
            #expect(first.log.contains(/user 60[678]\d\d, groups 60[678]\d\d 60600\n/), "\(first.log)")

            try await nothingIsLeft(of: first.view.deploy, slipway)
            // The next server looks at what there is, too.
            try await slipway.kill9()
            try await slipway.start()

            let granted = try await slipway.program(["environments", "engine-access", "production", "grant"])
            #expect(granted.status == 0 && granted.output.contains("may use"), "\(granted.output)")
            let second = try await run("web", sha, slipway)
            #expect(second.log.contains("OPEN engine\n") && second.log.contains("closed database\n"), "\(second.log)")
            try await nothingIsLeft(of: second.view.deploy, slipway)
            let revoked = try await slipway.program(["environments", "engine-access", "production", "revoke"])
            #expect(revoked.output.contains("can't use"), "\(revoked.output)")
            #expect(try await run("web", sha, slipway).log.contains("closed engine\n"))
            let audit = try await slipway.program(["audit", "--action", "environment"]).output
            #expect(audit.matches(of: /environment\.engine-access/).count == 2, "\(audit)")

            #expect(kill(try #require(pid_t(process)), 0) == 0, "the other deploy goes on")
            let _: Deploy = try await slipway.client().post("/deploys/\(victim.id)/abort")
            #expect(try await slipway.end(of: victim).deploy.state == .aborted)
        }
    }

    /// What the script left behind is no process any more; somebody may still have to bury it.
    private func expectNoDaemon(_ slipway: Installation) async throws {
        let state = try await slipway.shell("ps -o stat= -p $(cat '\(slipway.folder)/daemon')")
        #expect(state.isEmpty || state.hasPrefix("Z"), "\(state)")
    }

    private func nothingIsLeft(of deploy: Deploy, _ slipway: Installation) async throws {
        try await expectNoDaemon(slipway)
        #expect(slipway.names(in: "checkouts").filter { $0.hasPrefix("deploy-\(deploy.id)") } == [])
        #expect(FileManager.default.fileExists(atPath: "\(slipway.folder)/kept/file"))
        #expect(!FileManager.default.fileExists(atPath: "\(slipway.folder)/pwned"))
        try await slipway.shell("rm '\(slipway.folder)/daemon'")
    }

    @Test func `Steps on this machine have a user too, and what a test links to is not built from`() async throws {
        try await Installation.run(serving: false) { slipway in
            try await slipway.start(["--allow-host-steps"])
            let (data, folder) = (slipway.data.path, slipway.folder)
            let web = try await slipway.app("web", files: ["Dockerfile": "FROM scratch\n"])
            let host = """
                image: false
                test:
                  steps:
                    - |
                      \(Self.attempt)
                      try database cat \(data)/slipway.sqlite
                      try engine curl -sf --unix-socket \(slipway.socket) http://x/_ping
                      try own touch here "$HOME/there" "$TMPDIR/everywhere" "$BASH_ENV"
                      echo "user $(id -u) $USER"
                      setsid -f bash -c 'echo $$ > \(folder)/daemon; sleep 1000'
                      until [ -s \(folder)/daemon ]; do sleep 0.1; done
                    - kill -0 "$(cat \(folder)/daemon)" && echo "it runs on"

                """
            let view = try await slipway.build(of: "web", try await web.push("Host", ["slipway.yml": host]))
            let log = try await slipway.log(of: view.steps, at: "/builds/\(view.build.id)")
            #expect(view.build.state == .succeeded, "\(view.build.reason ?? "") \(log)")
            for line in ["closed database", "closed engine", "OPEN own", "it runs on"] {
                #expect(log.contains("\(line)\n"), "\(line): \(log)")
            }
            #expect(log.contains(/user 60[678]\d\d step-60[678]\d\d\n/), "\(log)")
            try await slipway.waitUntilTidy()
            try await expectNoDaemon(slipway)

            // As root in a container, it is root's file that docker would read.
            let container = """
                image: {name: \(slipway.name)-web}
                test:
                  image: debian:12-slim
                  steps:
                    - ln -sf \(data)/keys/instance Dockerfile; ln -s \(data)/keys/instance /.slipway/waiting

                """
            let built = try await slipway.build(of: "web", try await web.push("Link", ["slipway.yml": container]))
            #expect(built.build.state == .failed)
            #expect(
                built.build.reason?.contains("leads out of the working copy") == true, "\(built.build.reason ?? "")")
            let said = try await slipway.log(of: built.steps, at: "/builds/\(built.build.id)")
            #expect(!said.contains(try slipway.data.instance()), "\(said)")
        }
    }
}
