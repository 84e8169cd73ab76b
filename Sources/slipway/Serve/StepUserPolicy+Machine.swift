import Foundation
import Glibc
import Model
import Pipeline

extension StepUserPolicy {
    /// What `--step-user` or `SLIPWAY_STEP_USER` says on this machine, for this process's own user.
    static func ofThisMachine(_ option: String?) throws(Failure) -> StepUserPolicy {
        let variable = ProcessInfo.processInfo.environment["SLIPWAY_STEP_USER"]
        return try StepUserPolicy(option: option ?? variable, server: geteuid(), account: account)
    }

    private static func account(named name: String) -> Account? {
        guard let entry = getpwnam(name)?.pointee else { return nil }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        // Whoever is in more groups than that is in the first of them.
        getgrouplist(name, entry.pw_gid, &groups, &count)
        return Account(
            name: name, number: entry.pw_uid, group: entry.pw_gid,
            groups: Array(groups.prefix(min(Int(max(0, count)), groups.count))), home: String(cString: entry.pw_dir))
    }

    /// What the server says at its start.
    var sentence: String {
        switch self {
        case .server where geteuid() == 0:
            "WARNING: scripts run as root (--step-user none): whoever can push can read and change everything here."
        case .server:
            "Scripts run as this user, who can read Slipway's data: only a server that runs as root can give them another."
        case .account(let account):
            "Scripts run as \(account.name)."
        case .range(let range):
            "Scripts run as users of their own (\(range.lowerBound) to \(range.upperBound))."
        }
    }
}

extension Preflight {
    /// Throws where scripts could not reach their working copies or our own program, because a folder is closed to others.
    static func stepUsers(_ policy: StepUserPolicy, data: DataDirectory, executable: String) throws(Failure) {
        guard policy != .server else { return }
        for path in [data.bin, executable] {
            var folder = path
            while folder != "/" {
                let found = try? FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? NSNumber
                // The data directory itself may not be there yet.
                if let found, found.intValue & 0o001 == 0, folder != data.path, folder != data.bin {
                    throw Failure(
                        .forbidden,
                        "Scripts run as users of their own, who can't get at \(path): \(folder) is closed to them",
                        hint: """
                            chmod o+x \(folder), or choose a data directory such as /var/lib/slipway (--data), or let \
                            scripts run as root with --step-user none.
                            """)
                }
                folder = (folder as NSString).deletingLastPathComponent
            }
        }
    }
}
