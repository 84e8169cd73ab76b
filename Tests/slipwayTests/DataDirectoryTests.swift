import Foundation
import Model
import Testing

@testable import slipway

struct DataDirectoryTests {
    @Test func `A server that is still dying is waited for, one that lives is not`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-lock-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: true)
        let file = open("\(folder)/run/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
        let data = DataDirectory(folder)
        let failure = await #expect(throws: Failure.self) { try await data.lock(patience: .milliseconds(50)) }
        #expect(failure?.code == .conflict)
        let next = Task { try await data.lock(patience: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(50))
        close(file)
        try await next.value
    }

    @Test func `The agent is copied once, and again when it has changed`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-agent-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (data, original) = (DataDirectory(folder), "\(folder)/original")
        func inode() throws -> Int {
            let number = try FileManager.default.attributesOfItem(atPath: data.agent)[.systemFileNumber] as? NSNumber
            return try #require(number?.intValue)
        }
        func keep(_ text: String) throws -> Int {
            if FileManager.default.contents(atPath: original) != Data(text.utf8) {
                try Data(text.utf8).write(to: URL(filePath: original))
            }
            try data.keepAgent(original)
            #expect(try String(contentsOfFile: data.agent, encoding: .utf8) == text)
            #expect(FileManager.default.isExecutableFile(atPath: data.agent))
            return try inode()
        }
        let first = try keep("one")
        #expect(try keep("one") == first)
        // What a container has mounted stays as it is: the new one is another file.
        #expect(try keep("two") != first)
        let failure = #expect(throws: Failure.self) { try data.keepAgent("\(folder)/nothing") }
        #expect(failure?.code == .unavailable)
    }

    @Test func `Others may pass through it and read nothing`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-closed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // As an older version made it.
        _ = FileManager.default.createFile(
            atPath: "\(folder)/slipway.sqlite", contents: nil, attributes: [.posixPermissions: 0o644])
        let data = DataDirectory(folder)
        try data.prepare(executable: "/bin/true")
        func mode(_ path: String) throws -> Int? {
            (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "bin" {
            #expect(try (mode("\(folder)/\(name)") ?? 0) & 0o066 == 0, "\(name)")
        }
        #expect(try mode(data.database) == 0o600)
    }
}
