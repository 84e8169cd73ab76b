import Foundation
import Glibc

/// Starts a program in a session of its own with `posix_spawn`: no code of ours runs between fork and exec.
enum Spawn {
    /// Where a descriptor of the child comes from.
    enum Source {
        case path(String, flags: CInt)
        case descriptor(CInt)
    }

    /// Linux's value; glibc shows the name only to _GNU_SOURCE.
    private static let newSession: Int32 = 0x80

    /// Returns the pid. `descriptors[n]` becomes descriptor n; all signals have their default action.
    ///
    /// The session's leader opens descriptor 0 by path, so that a terminal there becomes its controlling terminal.
    static func launch(
        _ program: String, _ arguments: [String], environment: [String: String], descriptors: [Source]
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, source) in descriptors.enumerated() {
            switch source {
            case .path(let path, let flags):
                posix_spawn_file_actions_addopen(&actions, CInt(number), path, flags, 0o600)
            case .descriptor(let descriptor):
                posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(number))
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        keepDescriptorsToOurselves()
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid = pid_t()
        let error = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard error == 0 else { throw Errno(code: error) }
        return pid
    }

    /// What lives on when the server dies must not hold its sockets: libraries don't mark all that they open.
    private static func keepDescriptorsToOurselves() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = CInt(name), descriptor > 2 else { continue }
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }

    /// Finds the program as a shell would: as it is when it holds a slash, else in `path`.
    static func find(_ name: String, path: String?, in directory: String) -> String? {
        if name.contains("/") {
            return name.hasPrefix("/") ? name : directory + "/" + name
        }
        for folder in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = (folder.isEmpty ? directory : String(folder)) + "/" + name
            var status = stat()
            if access(candidate, X_OK) == 0, stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                return candidate
            }
        }
        return nil
    }
}

/// A system call's error number and its sentence.
struct Errno: Error, Hashable, CustomStringConvertible {
    var code: Int32

    init(code: Int32 = errno) {
        self.code = code
    }

    var description: String { String(cString: strerror(code)) }
}
