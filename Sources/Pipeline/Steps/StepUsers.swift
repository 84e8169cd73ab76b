import Foundation
import Glibc
import LinuxCalls
public import Model

/// Gives each build and each deploy the user that its scripts run as, and takes it back.
///
/// Whose a number is, the machine shows: the home of a build or a deploy belongs to it, and a link in the register, which
/// all servers of the machine share, names that home. So a restart finds everything as it was.
public struct StepUsers: Sendable {
    public let policy: StepUserPolicy
    /// Where working copies lie, and homes beside them.
    private let folders: String
    private let register: StepUserRegister

    /// - Parameters:
    ///   - folders: where working copies lie.
    ///   - register: a folder that all servers of this machine share.
    public init(_ policy: StepUserPolicy, folders: String, register: String = "/run/slipway-step-users") {
        self.policy = policy
        self.folders = folders
        self.register = StepUserRegister(folder: register)
    }

    /// The user that the owner's commands run as, which has a home from now on; nil is the server's own. May be repeated.
    public func user(of owner: Step.Owner) throws -> StepUser? {
        let home = home(of: owner)
        let temporary = "\(home)/tmp"
        switch policy {
        case .server: return nil
        case .account(let account):
            if Self.user(of: home) != account.number { try makeHome(home, account.number, account.group) }
            return StepUser(
                number: account.number, group: account.group, groups: account.groups,
                name: account.name, home: account.home, temporary: temporary)
        case .range(let range):
            let number = try register.locked {
                if let known = Self.user(of: home), range.contains(known), register.hold(known, for: home) {
                    return known
                }
                let busy = Self.busyUsers()
                let free = stepUser(for: owner, in: range) { number in
                    busy.contains(number) || register.holder(of: number) != nil || getpwuid(number) != nil
                }
                guard let free else {
                    throw Failure(
                        .unavailable, "All of the users \(range.lowerBound) to \(range.upperBound) run scripts already",
                        hint: "Give Slipway more of them with --step-user.")
                }
                try makeHome(home, free, free)
                guard register.hold(free, for: home) else { throw register.failure() }
                return free
            }
            return StepUser(
                number: number, group: number, groups: policy.marker.map { [$0] } ?? [], name: "step-\(number)",
                home: home, temporary: temporary)
        }
    }

    /// Makes a folder that is to be given away, closed to everybody meanwhile.
    public func prepare(_ folder: String) throws {
        guard policy != .server, Self.user(of: folder) == nil else { return }
        guard mkdir(folder, 0o700) == 0 else { throw Self.failure(folder) }
    }

    /// Makes the folder and all that is in it the user's, once. Nobody else has written in it so far.
    public func give(_ folder: String, to user: StepUser) throws {
        guard Self.user(of: folder) != user.number else { return }
        guard chmod(folder, 0o700) == 0, linux_give_tree(folder, user.number, user.group) == 0 else {
            throw Self.failure(folder)
        }
    }

    /// Opens a folder to everybody, as containers need it, but for those who run scripts on this machine: they are in the
    /// group that may nothing there.
    func open(_ folder: String, mode: mode_t) throws {
        guard let marker = policy.marker else {
            guard chmod(folder, mode) == 0 else { throw Self.failure(folder) }
            return
        }
        guard lchown(folder, geteuid(), marker) == 0, chmod(folder, mode & 0o7707) == 0 else {
            throw Self.failure(folder)
        }
    }

    /// Ends every process of the owner's user, those that got away from their step too.
    public func endProcesses(of owner: Step.Owner) async {
        guard case .range(let range) = policy, let number = Self.user(of: home(of: owner)), range.contains(number)
        else { return }
        for _ in 0..<100 {
            guard linux_end_user(number) == 0, Self.busyUsers().contains(number) else { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Ends what the owner's user still runs, and takes back its number with its home. May be repeated.
    public func release(_ owner: Step.Owner) async {
        await endProcesses(of: owner)
        let home = home(of: owner)
        let number = Self.user(of: home)
        linux_remove_tree(home)
        if case .range = policy, let number { try? register.locked { register.release(number, of: home) } }
    }

    /// Removes what scripts or containers may have written: follows no link that they left, whoever still writes there.
    /// Returns whether it is gone.
    @discardableResult
    public static func remove(_ path: String) -> Bool { linux_remove_tree(path) == 0 }

    // MARK: Parts

    private func home(of owner: Step.Owner) -> String { "\(folders)/\(owner.kind)-\(owner.id).home" }

    /// Whole when it is the user's: what comes before can be done again.
    private func makeHome(_ home: String, _ user: UInt32, _ group: UInt32) throws {
        for folder in [home, "\(home)/tmp"] {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.failure(folder) }
        }
        guard linux_give_tree(home, user, group) == 0 else { throw Self.failure(home) }
    }

    /// Whose the folder is; nil where there is none.
    private static func user(of folder: String) -> UInt32? {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? status.st_uid : nil
    }

    /// The users that have processes now.
    private static func busyUsers() -> Set<UInt32> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            names.compactMap { name in
                guard Int32(name) != nil else { return nil }
                var status = stat()
                return stat("/proc/\(name)", &status) == 0 ? status.st_uid : nil
            })
    }

    private static func failure(_ folder: String) -> Failure {
        Failure(
            .unavailable, "The folder \(folder) can't be made ready for the user of a script",
            hint: "See that the disk has room.", cause: String(cString: strerror(errno)))
    }
}
