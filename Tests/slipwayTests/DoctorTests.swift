import Foundation
import Model
import Pipeline
import Testing

@testable import slipway

struct DoctorTests {
    @Test func `A program in the PATH is found, one that is nowhere says how to get it`() {
        let shell = DoctorCommand.program(.init(name: "sh", purpose: "scripts", package: "dash"))
        #expect(shell.ok && shell.found.hasSuffix("/sh"))
        let nothing = DoctorCommand.program(.init(name: "no-such-program", purpose: "nothing", package: "nothing"))
        #expect(!nothing.ok)
        #expect(nothing.mend == "apt-get install nothing")
    }

    @Test func `The agent is looked for beside the program, and its absence says what to do`() {
        let agent = DoctorCommand.agent(beside: Installation.executable)
        #expect(agent.ok && agent.found.hasSuffix("/slipway-agent"))
        let none = DoctorCommand.agent(beside: "/nowhere/slipway")
        #expect(!none.ok && none.found.hasPrefix("There is no program /nowhere/slipway-agent"))
        #expect(none.mend == "Put the slipway-agent that was built with this slipway beside it.")
    }

    @Test func `A folder that is closed to the users of scripts is said, with the mend`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-doctor-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (data, users) = (DataDirectory("\(folder)/data"), StepUserPolicy.range(StepUserPolicy.standard))
        let failure = #expect(throws: Failure.self) {
            try Preflight.stepUsers(users, data: data, executable: "/bin/sh")
        }
        #expect(failure?.hint?.hasPrefix("chmod o+x \(folder),") == true, "\(String(describing: failure))")
        try Preflight.stepUsers(.server, data: data, executable: "/bin/sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        try Preflight.stepUsers(users, data: data, executable: "/bin/sh")
        #expect(!DoctorCommand.stepUsers("no-such-account", data: data.path).ok)
        #expect(DoctorCommand.stepUsers("none", data: data.path).ok)
    }
}
