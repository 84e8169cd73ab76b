import ArgumentParser
import Foundation
import Model

/// What `docker run` says of a container, and `rancher run` says of a service's.
struct RunOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A variable; with no value it is taken from here.", valueName: "name=value"))
    var env: [String] = []
    @Option(help: ArgumentHelp("A file of variables.", valueName: "file")) var envFile: [String] = []
    @Option(
        name: [.customShort("p"), .long], help: ArgumentHelp("A port to publish.", valueName: "[address:]port:port"))
    var publish: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("A folder or a named volume.", valueName: "source:path[:ro]"))
    var volume: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("A label.", valueName: "name=value")) var label: [String] = []
    @Option(help: ArgumentHelp("Another service of the stack, by a name of its own.", valueName: "service[:alias]"))
    var link: [String] = []
    @Option(name: .shortAndLong, help: "As whom it runs.") var user: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where it runs.", valueName: "folder")) var workdir: String?
    @Option(help: "In place of the image's own.") var entrypoint: String?
    @Option(help: "What it calls itself.") var hostname: String?
    @Flag(name: .shortAndLong, help: "Keep standard input open.") var interactive = false
    @Flag(name: .shortAndLong, help: "Give it a terminal.") var tty = false
    @Option(name: .shortAndLong, help: ArgumentHelp("Memory that it may use.", valueName: "512m")) var memory: String?
    @Option(help: ArgumentHelp("Memory and swap together.", valueName: "1g")) var memorySwap: String?
    @Option(help: "Relative weight of processor time.") var cpuShares: Int?
    @Option(help: ArgumentHelp("host, none or bridge.", valueName: "mode")) var net: String?
    @Option(help: ArgumentHelp("host, for the machine's processes.", valueName: "mode")) var pid: String?
    @Option(help: ArgumentHelp("no, always, on-failure[:n] or unless-stopped.", valueName: "policy"))
    var restart: String?
    @Option(help: ArgumentHelp("A device of the machine.", valueName: "path")) var device: [String] = []
    @Option(help: "A DNS server.") var dns: [String] = []
    @Option(help: "A domain to look names up in.") var dnsSearch: [String] = []
    @Option(help: ArgumentHelp("A name of a host.", valueName: "name:address")) var addHost: [String] = []
    @Option(help: "A port that others of the stack call.") var expose: [String] = []
    @Option(help: ArgumentHelp("A folder held in memory.", valueName: "path")) var tmpfs: [String] = []
    @Option(help: "A Linux capability more.") var capAdd: [String] = []
    @Option(help: "A Linux capability less.") var capDrop: [String] = []
    @Option(help: "A security option.") var securityOpt: [String] = []
    @Flag(help: "Every right on the machine.") var privileged = false
    @Flag(help: "Nothing can be written to the container's own files.") var readOnly = false
    @Option(help: "What takes its output.") var logDriver: String?
    @Option(help: ArgumentHelp("An option of that.", valueName: "name=value")) var logOpt: [String] = []

    /// A service of these options as the one of a stack file; values stand for themselves.
    ///
    /// - Parameter scale: how many containers.
    func composeText(service: String, image: String, command: [String], scale: Int) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = ComposeFile(services: [service: try composed(image, command, scale)])
        return String(decoding: try encoder.encode(file), as: UTF8.self).replacing("$", with: "$$")
    }

    private func composed(_ image: String, _ command: [String], _ scale: Int) throws -> ComposeFile.Service {
        var options: [String: String] = [:]
        for option in logOpt {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        guard logDriver != nil || options.isEmpty else {
            throw Failure(.usage, "--log-opt needs --log-driver", hint: "For example --log-driver json-file.")
        }
        return ComposeFile.Service(
            image: image, command: command.unlessEmpty, environment: env.unlessEmpty, envFile: envFile.unlessEmpty,
            ports: publish.unlessEmpty, volumes: volume.unlessEmpty, labels: label.unlessEmpty,
            links: link.unlessEmpty, user: user, workingDir: workdir, entrypoint: entrypoint.map { [$0] },
            hostname: hostname, stdinOpen: interactive ? true : nil, tty: tty ? true : nil, memLimit: memory,
            memswapLimit: memorySwap, cpuShares: cpuShares, networkMode: net == "managed" ? nil : net, pid: pid,
            restart: restart, devices: device.unlessEmpty, dns: dns.unlessEmpty, dnsSearch: dnsSearch.unlessEmpty,
            extraHosts: addHost.unlessEmpty, expose: expose.unlessEmpty, tmpfs: tmpfs.unlessEmpty,
            capAdd: capAdd.unlessEmpty, capDrop: capDrop.unlessEmpty, securityOpt: securityOpt.unlessEmpty,
            privileged: privileged ? true : nil, readOnly: readOnly ? true : nil,
            logging: logDriver.map { .init(driver: $0, options: options) }, scale: scale)
    }
}

/// As much of a stack file as options of the command line say.
private struct ComposeFile: Encodable {
    struct Logging: Encodable {
        var driver: String
        var options: [String: String]
    }

    struct Service: Encodable {
        var image: String
        var command, environment, envFile, ports, volumes, labels, links: [String]?
        var user, workingDir: String?
        var entrypoint: [String]?
        var hostname: String?
        var stdinOpen, tty: Bool?
        var memLimit, memswapLimit: String?
        var cpuShares: Int?
        var networkMode, pid, restart: String?
        var devices, dns, dnsSearch, extraHosts, expose, tmpfs, capAdd, capDrop, securityOpt: [String]?
        var privileged, readOnly: Bool?
        var logging: Logging?
        var scale: Int
    }

    var version = "2.4"
    var services: [String: Service]
}

extension Array {
    fileprivate var unlessEmpty: [Element]? { isEmpty ? nil : self }
}
