import Foundation
import Git
import Model
import Testing

@Suite(.timeLimit(.minutes(2)))
struct GitMirrorTests {
    @Test func logOfAPushOfManyCommits() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("for i in $(seq 65); do echo $i >> file; commit \"Commit $i\"; done")
            try await scratch.fetch()
            let commits = try await scratch.mirror.log(from: scratch.sha(), limit: 100)
            #expect(commits.map(\.title) == (1...65).reversed().map { "Commit \($0)" })
            #expect(commits.allSatisfy { $0.additions == 1 && $0.deletions == 0 && $0.authorName == "Ann" })
            let some = try await scratch.mirror.log(from: scratch.sha("HEAD~1"), limit: 2)
            #expect(some.map(\.title) == ["Commit 64", "Commit 63"])
            #expect(try await scratch.mirror.commits(between: scratch.sha("HEAD~2"), and: scratch.sha()).count == 2)
            #expect(try await scratch.mirror.commits(between: nil, and: scratch.sha()).count == 65)
        }
    }

    @Test func mergesCountAgainstTheirFirstParent() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash(
                """
                echo 1 > a; commit One
                git checkout -q -b topic; seq 10 > b; commit Two; seq 5 > c; commit Three
                git checkout -q main; echo 2 > a; commit Four
                git merge -q --no-ff -m 'Merge pull request #7 from x/topic' topic
                """)
            try await scratch.fetch()
            let commits = try await scratch.mirror.log(from: scratch.sha(), limit: 10)
            #expect(commits.map(\.title) == ["Merge pull request #7 from x/topic", "Four", "One"])
            #expect(commits.map(\.additions) == [15, 1, 1])
            #expect(commits.map(\.deletions) == [0, 1, 0])
        }
    }

    @Test func oddMessagesAndNames() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash(
                """
                printf 'x\\n' > $'tab\\tname\\nline'; printf 'a\\0b\\n' > binary
                git add -A
                printf 'Caf\\xe9 ouvert\\n\\nBody \\x01 one\\n\\n12\\t3\\tfile\\n' | git commit -q -F - --cleanup=verbatim
                GIT_AUTHOR_NAME='Jürgen "J" <x' git commit -q --allow-empty -m 'Grüße 🚢'
                git commit -q --allow-empty --allow-empty-message -m ''
                """)
            try await scratch.fetch()
            let commits = try await scratch.mirror.log(from: scratch.sha(), limit: 10)
            #expect(commits.map(\.title) == ["", "Grüße 🚢", "Café ouvert"])
            #expect(commits[2].body == "Body \u{1} one\n\n12\t3\tfile")
            #expect(commits[2].additions == 1)
            #expect(commits[1].authorName.hasPrefix("Jürgen"))
        }
    }

    @Test func emptyRepositoryAndMissingBranch() async throws {
        try await Scratch.use { scratch in
            try await scratch.fetch()
            #expect(try await scratch.mirror.head(of: "main") == nil)
            try await scratch.bash("commit One; git branch other/one")
            try await scratch.fetch()
            #expect(try await scratch.mirror.head(of: "main") == scratch.sha())
            #expect(try await scratch.mirror.head(of: "mian") == nil)
        }
    }

    @Test func forcePushesAndDeletionsAreFollowedAndNothingIsLost() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("echo 1 > a; commit One; git branch a; echo 2 > a; commit Two")
            try await scratch.fetch()
            let gone = try await scratch.sha()
            try await scratch.bash("git reset -q --hard HEAD~1; commit Three; git branch -D a; git branch a/b")
            try await scratch.fetch()
            #expect(try await scratch.mirror.head(of: "main") == scratch.sha())
            #expect(try await scratch.mirror.log(from: scratch.sha(), limit: 9).map(\.title) == ["Three", "One"])
            #expect(try await scratch.bash("git -C \(scratch.mirror.directory) branch") == "a/b\n* main")
            try await scratch.mirror.checkout(gone, to: scratch.folder + "/out/1")
            #expect(try String(contentsOfFile: scratch.folder + "/out/1/a", encoding: .utf8) == "2\n")
        }
    }

    @Test func filesAtACommit() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash(
                """
                mkdir -p deploy 'a b'; echo one > slipway.yml; echo x > deploy/deploy.sh; echo y > 'a b/ü*.txt'
                ln -s ../slipway.yml deploy/link; ln -s /etc/passwd outside; commit One; echo two > slipway.yml; commit Two
                """)
            try await scratch.fetch()
            let (mirror, head, first) = (scratch.mirror, try await scratch.sha(), try await scratch.sha("HEAD~1"))
            #expect(try await mirror.file("slipway.yml", at: head) == "two\n")
            #expect(try await mirror.file("slipway.yml", at: first) == "one\n")
            #expect(try await mirror.file("deploy/link", at: head) == "two\n")
            #expect(try await mirror.file("a b/ü*.txt", at: head) == "y\n")
            #expect(try await mirror.file("./deploy/../slipway.yml", at: head) == "two\n")
            for absent in ["nothing", "deploy", "outside", "../x", "", "deploy/*"] {
                #expect(try await mirror.file(absent, at: head) == nil, "\(absent)")
            }
        }
    }

    @Test func checkoutIsComplete() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("echo 1 > a; commit One; echo 2 > a; commit Two")
            try await scratch.fetch()
            let (first, out) = (try await scratch.sha("HEAD~1"), scratch.folder + "/out/1")
            try await scratch.mirror.checkout(first, to: out)
            try await scratch.mirror.checkout(first, to: out)
            #expect(try await scratch.bash("cat \(out)/a; git -C \(out) rev-parse HEAD") == "1\n\(first)")
            #expect(try await scratch.bash("git -C \(out) remote get-url origin") == scratch.mirror.directory)
            let head = try await scratch.sha()
            await #expect(throws: Failure.self) { try await scratch.mirror.checkout(head, to: out) }
            let unknown = try #require(SHA(String(repeating: "1", count: 40)))
            await #expect { try await scratch.mirror.checkout(unknown, to: scratch.folder + "/out/2") } throws: {
                "\($0)".contains(unknown.description)
            }
            // What it left is in nobody's way.
            try await scratch.mirror.checkout(head, to: scratch.folder + "/out/2")
            #expect(try await scratch.bash("cat \(scratch.folder)/out/2/a") == "2")
        }
    }

    @Test func unreachableRemotesAreNamedWithoutTheirPassword() async throws {
        try await Scratch.use { scratch in
            await #expect {
                try await scratch.mirror.fetch(from: "http://user:hunter2@127.0.0.1:1/x.git", timeout: .seconds(30))
            } throws: {
                "\($0)".contains("127.0.0.1:1/x.git") && !"\($0)".contains("hunter2")
            }
            await #expect(throws: Failure.self) { try await scratch.mirror.fetch(from: "--upload-pack=x") }
            await #expect(throws: Failure.self) { try await scratch.mirror.fetch(from: "ext::sh -c id") }
        }
    }

    @Test func remoteThatHangsIsGivenUpWithAllItsProcesses() async throws {
        try await Scratch.use { scratch in
            let listener = try await scratch.bash(
                """
                setsid -f python3 -c '
                import socket, os, sys, time
                s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
                open("port.tmp", "w").write("%d %d" % (s.getsockname()[1], os.getpid())); os.rename("port.tmp", "port")
                time.sleep(60)' > /dev/null 2>&1 < /dev/null
                until [ -s port ]; do sleep 0.05; done; cat port
                """)
            let words = listener.split(separator: " ")
            let url = "http://127.0.0.1:\(words[0])/marked-\(UUID().uuidString)/x.git"
            await #expect { try await scratch.mirror.fetch(from: url, timeout: .seconds(1)) } throws: {
                ($0 as? Failure)?.code == .timedOut
            }
            #expect(try await scratch.bash("pgrep -f '[/]\(url.suffix(40))' || true; kill \(words[1])") == "")
        }
    }
}
