import Foundation
import Git
import Model
import Testing

/// Objects that pushes leave as single files are packed, and nothing is lost.
@Suite(.timeLimit(.minutes(2)))
struct PackTests {
    private func files(_ scratch: Scratch) -> Int {
        FileManager.default.enumerator(atPath: "\(scratch.mirror.directory)/objects")?.allObjects.compactMap {
            $0 as? String
        }.filter { $0.split(separator: "/").last.map { $0.utf8.count > 30 } == true }.count ?? 0
    }

    @Test func `However many pushes there were, few files are left, and every commit`() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("echo 0 > file; commit Zero")
            try await scratch.fetch()
            #expect(try await scratch.mirror.pack() == false, "where there is little to do nothing is done")
            var all: [SHA] = []
            for round in 1...12 {
                try await scratch.bash("for i in $(seq 12); do echo \(round) $i >> file; commit $i; done")
                all.append(try await scratch.sha())
                // One that no branch leads to any more.
                try await scratch.bash("echo lost \(round) > file; commit Lost")
                all.append(try await scratch.sha())
                try await scratch.fetch()
                try await scratch.bash("git reset -q --hard HEAD~1")
                try await scratch.fetch()
                try await scratch.mirror.pack()
            }
            #expect(files(scratch) < 60, "of some 500 objects")
            for sha in all { #expect(try await scratch.mirror.has(sha)) }
            let copy = scratch.folder + "/out/1"
            try await scratch.mirror.checkout(all[1], to: copy)
            #expect(try String(contentsOfFile: "\(copy)/file", encoding: .utf8) == "lost 1\n")
        }
    }

    @Test func `A working copy that is made meanwhile is whole`() async throws {
        try await Scratch.use { scratch in
            try await scratch.bash("for i in $(seq 30); do echo $i >> file; commit $i; done")
            try await scratch.fetch()
            let sha = try await scratch.sha()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1...8 {
                        try await scratch.bash("for i in $(seq 15); do echo \(round) $i >> file; commit $i; done")
                        try await scratch.fetch()
                        try await scratch.mirror.pack()
                    }
                }
                for number in 1...16 {
                    group.addTask {
                        let copy = "\(scratch.folder)/out/\(number)"
                        try await scratch.mirror.checkout(sha, to: copy)
                        try await scratch.bash("git -C \(copy) fsck --full --strict --no-dangling")
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
