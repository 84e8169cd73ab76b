import Foundation
import Glibc
import Model

/// What `slipway serve` makes sure of before it begins, so that what is missing is said at once and in words.
enum Preflight {
    /// Throws for the programs without which a build or a deploy would fail later.
    static func programs(ownRegistry: Bool) throws(Failure) {
        let missing = DoctorCommand.programs.filter { program in
            (ownRegistry || program.name != "docker-registry") && !DoctorCommand.program(program).ok
        }
        guard !missing.isEmpty else { return }
        let names = missing.map { "\($0.name) (\($0.purpose))" }.joined(separator: ", ")
        let packages = missing.map(\.package).joined(separator: " ")
        throw Failure(
            .unavailable, "Not installed, or not in PATH: \(names)",
            hint: "apt-get install \(packages)   (`slipway doctor` looks at everything)")
    }

    /// Throws when the port can't be listened on; a server that was just killed may hold it for a moment.
    static func port(_ port: Int, host: String, patience: Duration) async throws {
        let deadline = ContinuousClock.now + patience
        while !Registry.isFree(port, host: host), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        try Self.port(port, host: host)
    }

    /// Throws when the port can't be listened on.
    static func port(_ port: Int, host: String) throws(Failure) {
        guard (1...65535).contains(port) else {
            throw Failure(.usage, "--port \(port) is not a port", hint: "Give a number from 1 to 65535.")
        }
        var wanted = addrinfo()
        wanted.ai_flags = AI_PASSIVE
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &wanted, &found) == 0, let address = found else {
            throw Failure(
                .invalid, "--host \(host) is not an address of this machine", hint: "Give 127.0.0.1 or 0.0.0.0.")
        }
        defer { freeaddrinfo(found) }
        let socket = Glibc.socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            let error = errno
            let hint =
                switch error {
                case EADDRINUSE: "See who has it with `ss -ltnp | grep :\(port)`, or choose another with --port."
                case EACCES: "Ports below 1024 are root's: choose another with --port."
                default: "Give an address of this machine with --host, such as 127.0.0.1 or 0.0.0.0."
                }
            throw Failure(
                .unavailable, "Slipway can't listen on \(host):\(port)", hint: hint,
                cause: String(cString: strerror(error)))
        }
    }
}
