import Foundation
import Git
import Testing

/// What a server that dies leaves of repositories and checkouts.
@Suite(.timeLimit(.minutes(1)))
struct InterruptionTests {
    @Test func aRepositoryIsCompleteOrAbsent() async throws {
        try await Scratch.use { scratch in
            let git = scratch.folder + "/git"
            let watcher = Task {
                // What can be seen from outside at any moment.
                while !Task.isCancelled {
                    if scratch.mirror.exists {
                        return try await scratch.bash("git -C \(scratch.mirror.directory) config http.receivepack")
                    }
                    try await Task.sleep(for: .milliseconds(1))
                }
                return ""
            }
            try await scratch.mirror.create(branch: "trunk")
            #expect(try await watcher.value == "true")
            #expect(try await scratch.bash("cat \(scratch.mirror.directory)/HEAD") == "ref: refs/heads/trunk")
            try await scratch.mirror.create(branch: "main")
            #expect(try await scratch.bash("cat \(scratch.mirror.directory)/HEAD") == "ref: refs/heads/main")
            #expect(try FileManager.default.contentsOfDirectory(atPath: git) == ["orders.git"])
        }
    }

    @Test func anInterruptedCheckoutIsMadeAnewInTheSameFolder() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("echo 1 > a; commit One")
            try await scratch.fetch()
            let (sha, out) = (try await scratch.sha(), "\(scratch.folder)/out")
            // A clone that was not checked out yet, or only in part: HEAD is right already.
            try await scratch.bash(
                "git clone -q --no-checkout \(scratch.mirror.directory) \(out); echo half > \(out)/a; mkdir \(out)/b")
            let inode = try await scratch.bash("stat -c %i \(out)")
            try await scratch.mirror.checkout(sha, to: out)
            #expect(try await scratch.bash("cat \(out)/a; ls \(out); git -C \(out) status --short") == "1\na")
            #expect(try await scratch.bash("stat -c %i \(out)") == inode)
            try await scratch.bash("echo built > \(out)/b")
            try await scratch.mirror.checkout(sha, to: out)
            #expect(try await scratch.bash("ls \(out)") == "a\nb")
        }
    }

    @Test func whatIsNoCheckoutIsLeftAlone() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("echo 1 > a; commit One")
            try await scratch.fetch()
            let (sha, out) = (try await scratch.sha(), "\(scratch.folder)/out")
            try await scratch.bash("mkdir \(out); echo mine > \(out)/a")
            await #expect {
                try await scratch.mirror.checkout(sha, to: out)
            } throws: {
                "\($0)".contains("in the way")
            }
            #expect(try await scratch.bash("cat \(out)/a") == "mine")
            // A folder that waits for it is filled.
            try await scratch.bash("rm \(out)/a")
            try await scratch.mirror.checkout(sha, to: out)
            #expect(try await scratch.bash("cat \(out)/a") == "1")
        }
    }
}
