import Testing

@testable import StepAgent

@Suite("The processes of a container")
struct ContainerProcessesTests {
    private static let id = String(repeating: "0f", count: 32)

    @Test(
        "Are known by its id, however control groups are laid out",
        arguments: [
            ("0::/../\(id)\n", true), ("0::/system.slice/docker-\(id).scope\n", true),
            ("12:pids:/docker/\(id)\n1:name=systemd:/docker/\(id)\n", true),
            ("0::/docker/\(String(repeating: "0e", count: 32))\n", false), ("0::/\n", false), ("", false),
        ])
    func member(cgroup: String, isMember: Bool) {
        #expect(ContainerProcesses.isMember(Array(cgroup.utf8), of: Array(Self.id.utf8)) == isMember)
    }

    @Test("Only a whole id says whose are meant", arguments: ["", "0f0f0f0f0f0f", "web-1", id + "0", id.uppercased()])
    func halfAnID(id: String) {
        #expect(ContainerProcesses.kill(of: id) == nil)
    }

    @Test("Where there are none, none is ended")
    func nobody() {
        #expect(ContainerProcesses.kill(of: Self.id) == 0)
    }
}
