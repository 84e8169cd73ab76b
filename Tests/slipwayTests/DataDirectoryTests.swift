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
}
