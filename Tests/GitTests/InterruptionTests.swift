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

    @Test func draftsOfACheckoutGoWithIt() async throws {
        try await Scratch.use { scratch in
            let names = [
                "build-1", "build-1.\(UUID().uuidString)", "build-1.job", "build-12", "build-12.\(UUID().uuidString)",
            ]
            for name in names {
                try FileManager.default.createDirectory(
                    atPath: "\(scratch.folder)/checkouts/\(name)/.git", withIntermediateDirectories: true)
            }
            GitMirror.removeCheckout("\(scratch.folder)/checkouts/build-1")
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.folder)/checkouts")
            #expect(left.sorted() == [names[2], names[3], names[4]].sorted())
        }
    }
}
