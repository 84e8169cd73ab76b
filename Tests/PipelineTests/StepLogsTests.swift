import Foundation
import Model
import Testing

@testable import Pipeline

struct StepLogsTests {
    @Test func `What a restart says again stands in the log once`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-logs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let logs = StepLogs(directory: folder)
        let step = Step(
            id: 1, owner: .build(7), index: 0, name: "Check out", command: "", condition: .onSuccess, state: .running)
        for _ in 1...2 { try logs.appendOnce("HEAD is now at 1234567\n", to: step) }
        try logs.appendOnce("and more\n", to: step)
        let log = try logs.read(step, from: 0, limit: 1000)
        #expect(String(decoding: log.bytes, as: UTF8.self) == "HEAD is now at 1234567\nand more\n")
    }
}
