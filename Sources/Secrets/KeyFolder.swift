import Foundation
import Glibc
public import Model

/// Where the key for secrets is: named by the environment, brought by systemd, or a file that is made at the first start.
public struct KeyFolder: Sendable {
    private let path: String

    /// - Parameter path: folder of the key file, the data directory's `keys`.
    public init(_ path: String) {
        self.path = path
    }

    private var current: String { "\(path)/secrets.key" }
    /// The key of a rotation that is under way.
    private var next: String { "\(path)/secrets.key.next" }

    /// Variables that hold a key, or with `_FILE` behind them the path of a file with it.
    public static let variable = "SLIPWAY_SECRET_KEY"
    /// The same for the key of before.
    public static let previousVariable = "SLIPWAY_SECRET_KEY_PREVIOUS"

    /// What was found.
    public struct Keys: Sendable {
        public var vault: Vault
        /// Whether a rotation makes a new key by itself; else whoever gives the key gives the new one.
        public var isOwn: Bool
    }

    /// Finds the keys; makes one where there is none and `used` is empty. Throws `.forbidden` for a file that others may
    /// read and `.invalid` for one that holds no key.
    ///
    /// - Parameter used: ids of the keys with which values are sealed.
    public func load(environment: [String: String], used: Set<String>) throws(Failure) -> Keys {
        let given = try Self.given(environment)
        let previous = try Self.value(Self.previousVariable, environment)
        var own = try key(at: current)
        let rotating = try key(at: next)
        if let rotating {
            // A rotation was cut short: after its transaction the new key is the one, before it there is none.
            if !used.contains(rotating.id) {
                unlink(next)
            } else if own.map({ !used.contains($0.id) }) ?? true {
                try promote()
                own = rotating
            }
        }
        if given == nil, own == nil, rotating == nil || !used.contains(rotating?.id ?? ""), used.isEmpty {
            let made = SealingKey.make()
            try write(made, to: current)
            own = made
        }
        let known = [given, rotating.flatMap { used.contains($0.id) ? $0 : nil }, own, previous].compactMap { $0 }
        return Keys(vault: Vault(key: known.first, others: Array(known.dropFirst())), isOwn: given == nil)
    }

    /// Makes the key of a rotation, which counts once ``promote()`` was called.
    public func makeNext() throws(Failure) -> SealingKey {
        let key = SealingKey.make()
        try write(key, to: next)
        return key
    }

    /// The rotation has happened: its key takes the place of the one before, which is gone.
    public func promote() throws(Failure) {
        guard rename(next, current) == 0 else { throw Self.failure("can't be renamed", next) }
        syncFolder()
    }

    /// The rotation has not happened.
    public func forgetNext() { unlink(next) }

    // MARK: Where keys come from

    private static func given(_ environment: [String: String]) throws(Failure) -> SealingKey? {
        if let key = try value(variable, environment) { return key }
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return nil }
        // systemd gives its own files to one user by an access list, which shows as the group's right to read.
        return try read("\(folder)/slipway-key", forbidden: 0o007)
    }

    private static func value(_ name: String, _ environment: [String: String]) throws(Failure) -> SealingKey? {
        if let text = environment[name], !text.isEmpty { return try SealingKey(text: text, from: name) }
        guard let path = environment["\(name)_FILE"], !path.isEmpty else { return nil }
        guard let key = try read(path, forbidden: 0o077) else {
            throw Failure(.notFound, "\(name)_FILE names \(path), which is not there")
        }
        return key
    }

    private func key(at path: String) throws(Failure) -> SealingKey? { try Self.read(path, forbidden: 0o077) }

    private static func read(_ path: String, forbidden: mode_t) throws(Failure) -> SealingKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("can't be read", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("can't be read", path) }
        guard status.st_mode & forbidden == 0 else {
            throw Failure(
                .forbidden,
                "The key file \(path) can be read by others (mode \(String(status.st_mode & 0o777, radix: 8)))",
                hint:
                    "chmod 600 \(path); if others had the chance to read it, rotate the key: slipway secrets rotate-key"
            )
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure("can't be read", path) }
        return try SealingKey(text: String(decoding: bytes.prefix(count), as: UTF8.self), from: path)
    }

    /// Whole or not at all, also after a power cut.
    private func write(_ key: SealingKey, to path: String) throws(Failure) {
        let draft = "\(path).draft"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("can't be written", path) }
        defer { close(descriptor) }
        let text = Array((key.text + "\n").utf8)
        guard Glibc.write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0, rename(draft, path) == 0
        else { throw Self.failure("can't be written", path) }
        syncFolder()
    }

    private func syncFolder() {
        let folder = open(path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(.unavailable, "The key file \(path) \(what)", cause: String(cString: strerror(errno)))
    }
}
