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
}
