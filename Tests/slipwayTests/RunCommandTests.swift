import ArgumentParser
import Model
import StackFile
import Testing

@testable import slipway

@Suite struct RunCommandTests {
    private func spec(_ words: String...) throws -> ServiceSpec {
        let command = try RunCommand.parse(words)
        let name = try command.serviceName
        let result = try command.read(name, environment: ["HOME": "/home/ada"])
        #expect(result.notCarriedOut.isEmpty, "\(result.notCarriedOut)")
        return try #require(result.spec[name.service])
    }

    @Test func takesTheFlagsOfDockerRun() throws {
        let spec = try spec(
            "--name", "shop/echo", "--scale", "2", "-p", "8081:80", "-e", "GREETING=$5 or ${HOME}", "--env", "HOME",
            "-v",
            "data:/data:ro", "-l", "team=shop", "-u", "1000", "-w", "/srv", "-m", "64m", "--cap-add", "NET_ADMIN",
            "--read-only", "--restart", "no", "-it", "acme/echo:1.2", "serve", "--port", "80", "-v")
        #expect(spec.name == "echo" && spec.image == "acme/echo:1.2" && spec.scale == 2)
        #expect(spec.command == ["serve", "--port", "80", "-v"])
        #expect(spec.environment["GREETING"] == "$5 or ${HOME}" && spec.environment["HOME"] == "/home/ada")
        #expect(spec.ports.map(\.containerPort) == [80] && spec.ports.map(\.hostPort) == [8081])
        #expect(spec.volumes.map(\.target) == ["/data"] && spec.volumes[0].readOnly)
        #expect(spec.labels["team"] == "shop" && spec.user == "1000" && spec.workingDirectory == "/srv")
        #expect(spec.memoryLimit == 64 << 20 && spec.capAdd == ["NET_ADMIN"])
        #expect(spec.readOnly && spec.tty && spec.stdinOpen)
    }

    @Test func namesStayAsTheyAreWritten() throws {
        let spec = try spec(
            "--name", "shop/myCache_2", "-e", "aB=c", "-l", "teamName=shop", "--log-driver", "json-file", "--log-opt",
            "maxSize=1m", "redis:7")
        #expect(spec.name == "myCache_2" && spec.environment == ["aB": "c"] && spec.labels == ["teamName": "shop"])
        #expect(spec.logging?.options == ["maxSize": "1m"])
    }

    @Test(arguments: [
        ("redis:7", "default/redis"), ("registry.example:5000/acme/cache@sha256:ab", "default/cache"),
    ]) func withoutANameItIsCalledAsItsImage(_ image: String, _ name: String) throws {
        #expect(try RunCommand.parse([image]).serviceName.description == name)
    }

    @Test func namesAndStacks() throws {
        #expect(try RunCommand.parse(["--name", "cache", "redis"]).serviceName.description == "default/cache")
        #expect(try RunCommand.parse(["-s", "shop", "redis"]).serviceName.description == "shop/redis")
        #expect(throws: Failure.self) { try RunCommand.parse(["--name", "a/b/c", "redis"]).serviceName }
    }

    @Test func whatIsWrongIsToldByItsKey() throws {
        let command = try RunCommand.parse(["--name", "shop/a", "-p", "eighty", "a:1"])
        let failure = #expect(throws: Failure.self) { try command.read(try command.serviceName) }
        let findings = String(describing: failure?.findings)
        #expect(findings.contains("eighty"))
        let log = try RunCommand.parse(["--name", "shop/a", "--log-opt", "max-size=1m", "a:1"])
        #expect(throws: Failure.self) { try log.read(try log.serviceName) }
    }
}
