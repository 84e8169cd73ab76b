import Glibc

/// An open-file-description lock: lives as long as any process holds the descriptor, is inherited by a child, can be
/// looked at without being taken, and is gone when the last holder dies, however it dies.
enum OpenFileLock {
    // Linux's values; glibc shows the names only to _GNU_SOURCE.
    private static let getLock: CInt = 36
    private static let setLock: CInt = 37

    /// Opens `path`, created if absent. Returns nil when that fails.
    static func open(_ path: String) -> CInt? {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : descriptor
    }

    /// Takes the lock, if nobody else has it. Taking it again through the same description succeeds.
    static func take(_ descriptor: CInt) -> Bool {
        var lock = whole()
        return fcntl(descriptor, setLock, &lock) == 0
    }

    /// Gives it back. Closing alone is not enough: a child that another thread is just spawning has a copy of the
    /// descriptor until its exec.
    static func release(_ descriptor: CInt) {
        var lock = whole()
        lock.l_type = Int16(F_UNLCK)
        _ = fcntl(descriptor, setLock, &lock)
    }

    /// Whether somebody else has it.
    static func isHeld(_ descriptor: CInt) -> Bool {
        var lock = whole()
        return fcntl(descriptor, getLock, &lock) == 0 && Int32(lock.l_type) != Int32(F_UNLCK)
    }

    private static func whole() -> flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}
