import Foundation
import Glibc
public import Model

/// Secrets as files for what runs on this machine: in memory, readable by one user, gone with the build or the deploy.
public struct SecretFolder: Sendable {
    /// Folders of this installation.
    private let base: String
    /// `deploy-12`.
    private let name: String

    /// - Parameter instance: tells this installation's files from another's.
    public init(instance: String, _ owner: Step.Owner) {
        base = Self.base(ofInstance: instance)
        name =
            switch owner {
            case .build(let id): "build-\(id)"
            case .deploy(let id): "deploy-\(id)"
            }
    }

    /// A file system in memory, so that no disk ever holds them.
    private static func base(ofInstance instance: String) -> String { "/dev/shm/slipway-\(instance)" }

    /// Writes the files, for that user alone or the server's own, and returns their paths by name; may be repeated.
    public func write(_ files: [String: String], for user: StepUser? = nil) throws -> [String: String] {
        guard !files.isEmpty else { return [:] }
        removeImpostor()
        for folder in [base, "\(base)/\(name)"] {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.failure(folder) }
            var status = stat()
            guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o066 == 0,
                status.st_uid == geteuid() || (folder != base && status.st_uid == user?.number)
            else {
                throw Failure(.forbidden, "The folder \(folder) is another user's", hint: "Remove it.")
            }
        }
        if let user {
            // Its own folder is found by its name alone.
            guard chmod(base, 0o711) == 0, chown("\(base)/\(name)", user.number, user.group) == 0 else {
                throw Self.failure(base)
            }
        }
        var paths: [String: String] = [:]
        for (secret, value) in files {
            let path = "\(base)/\(name)/\(secret)"
            unlink(path)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
            guard descriptor >= 0 else { throw Self.failure(path) }
            defer { close(descriptor) }
            if let user, fchown(descriptor, user.number, user.group) != 0 { throw Self.failure(path) }
            let bytes = Array(value.utf8)
            guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Self.failure(path) }
            paths[secret] = path
        }
        return paths
    }

    /// Removes what a script may have put in the way, which knows our name; where we may.
    private func removeImpostor() {
        var status = stat()
        if lstat(base, &status) == 0, status.st_uid != geteuid() { StepUsers.remove(base) }
    }

    /// Removes the files; may be repeated.
    public func remove() {
        StepUsers.remove("\(base)/\(name)")
        rmdir(base)
    }

    /// Removes those of builds and deploys that are not among `open`.
    public static func removeLeftovers(ofInstance instance: String, except open: [Step.Owner]) {
        let base = base(ofInstance: instance)
        let kept = Set(open.map { SecretFolder(instance: instance, $0).name })
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] where !kept.contains(name) {
            StepUsers.remove("\(base)/\(name)")
        }
        rmdir(base)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(.unavailable, "\(path) can't be written", cause: String(cString: strerror(errno)))
    }
}
