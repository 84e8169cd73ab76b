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
}
