public import Model

/// As whom scripts and host steps run: decided at the start of the server.
public enum StepUserPolicy: Hashable, Sendable {
    /// As the server's own user.
    case server
    /// All as one account.
    case account(Account)
    /// Each build and each deploy as a user of its own, by a number that is no account's.
    case range(ClosedRange<UInt32>)

    /// An account of this machine.
    public struct Account: Hashable, Sendable {
        public var name: String
        public var number: UInt32
        public var group: UInt32
        /// The groups that the admin has put it into.
        public var groups: [UInt32]
        public var home: String

        public init(name: String, number: UInt32, group: UInt32, groups: [UInt32], home: String) {
            self.name = name
            self.number = number
            self.group = group
            self.groups = groups
            self.home = home
        }
    }

    /// Numbers that neither Debian nor systemd gives to anybody.
    public static let standard: ClosedRange<UInt32> = 60_600...60_855

    /// What `--step-user` says: nothing, `none`, `FIRST-LAST` or an account's name. Throws `.usage` where that can't be.
    ///
    /// - Parameters:
    ///   - server: the number of the server's own user.
    ///   - account: looks up a name.
    public init(
        option: String?, server: UInt32, account: (String) -> Account?
    ) throws(Failure) {
        let text = option ?? ""
        if text == "none" || (text.isEmpty && server != 0) {
            self = .server
            return
        }
        guard server == 0 else {
            throw Failure(
                .usage, "--step-user \(text): only a server that runs as root can run scripts as somebody else",
                hint: "Start it as root, or leave --step-user out: scripts then run as the server's own user.")
        }
        if text.isEmpty {
            self = .range(Self.standard)
        } else if let numbers = text.wholeMatch(of: /(\d+)-(\d+)/) {
            guard let first = UInt32(numbers.1), let last = UInt32(numbers.2), first > 0, first <= last,
                last < 1 << 31, last - first < 65_536
            else {
                throw Failure(
                    .usage, "--step-user \(text) is not a range of user numbers",
                    hint:
                        "Give the first and the last, such as \(Self.standard.lowerBound)-\(Self.standard.upperBound).")
            }
            self = .range(first...last)
        } else if let found = account(text) {
            self = found.number == 0 ? .server : .account(found)
        } else {
            throw Failure(
                .usage, "There is no account \(text), as which scripts shall run (--step-user)",
                hint: """
                    useradd --system --create-home --shell /usr/sbin/nologin \(text); or leave --step-user out: each \
                    build and deploy then has a user of its own, which needs no account.
                    """)
        }
    }

    /// The group that every step user is in, by which folders are closed to them; nil where they are the server.
    var marker: UInt32? {
        switch self {
        case .server: nil
        case .account(let account): account.group
        case .range(let range): range.lowerBound
        }
    }
}

/// The user of a range that a build or a deploy gets: one that nobody has, and not the one that was just given back.
/// Nil where all are taken.
func stepUser(
    for owner: Step.Owner, in range: ClosedRange<UInt32>, isTaken: (UInt32) -> Bool
) -> UInt32? {
    let count = UInt64(range.upperBound - range.lowerBound) + 1
    let turn: UInt64 =
        switch owner {
        case .build(let id): UInt64(bitPattern: id) &* 2
        case .deploy(let id): UInt64(bitPattern: id) &* 2 &+ 1
        }
    for offset in 0..<count {
        let number = range.lowerBound + UInt32((turn % count + offset) % count)
        if !isTaken(number) { return number }
    }
    return nil
}
