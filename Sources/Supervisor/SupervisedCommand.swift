/// What a supervisor runs: written as `spec.json` (mode 0600) into the run folder, removed when the run has ended.
public struct SupervisedCommand: Codable, Hashable, Sendable {
    /// The argument vector; the first word is looked up in the `PATH` of `environment` unless it holds a slash.
    public var arguments: [String]
    /// The whole environment; only `SLIPWAY_RUN` is added, by which the processes of the run are known.
    public var environment: [String: String]
    /// Absolute path of an existing folder.
    public var workingDirectory: String
    /// Absolute path; created if absent, appended to, masked before the first byte is written.
    public var logPath: String
    /// Seconds without output after which the command is ended; nil means never.
    public var inactivityTimeout: Int?
    /// Seconds in all after which the command is ended; nil means never.
    public var timeLimit: Int?
    /// Values that appear as `****` in the log.
    public var secrets: [String]
    /// Width of the pseudo-terminal.
    public var columns: Int
    /// Height of the pseudo-terminal.
    public var rows: Int
    /// Seconds between INT and TERM, and between TERM and KILL.
    public var signalGrace: Int
    /// Whether it is ended with TERM and KILL alone; nil is no. Not every record of an older version has it.
    public var skipsInterrupt: Bool?
    /// Seconds that the end of the run waits for room when the log can't be written.
    public var logPatience: Int
    /// Who the command runs as; nil is the supervisor's own user.
    public var user: SupervisedUser?

    /// A command with the defaults of a script step: no time limits, 120 columns, 40 rows.
    public init(
        arguments: [String], environment: [String: String], workingDirectory: String, logPath: String,
        inactivityTimeout: Int? = nil, timeLimit: Int? = nil, secrets: [String] = [],
        columns: Int = 120, rows: Int = 40, signalGrace: Int = 5, skipsInterrupt: Bool? = nil, logPatience: Int = 60,
        user: SupervisedUser? = nil
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.logPath = logPath
        self.inactivityTimeout = inactivityTimeout
        self.timeLimit = timeLimit
        self.secrets = secrets
        self.columns = columns
        self.rows = rows
        self.signalGrace = signalGrace
        self.skipsInterrupt = skipsInterrupt
        self.logPatience = logPatience
        self.user = user
    }
}

/// Who a command runs as, where that isn't the supervisor's own user: numbers, for which there need be no account.
public struct SupervisedUser: Codable, Hashable, Sendable {
    /// Its number (uid).
    public var number: UInt32
    /// Number of its group (gid).
    public var group: UInt32
    /// The groups that it is in besides, and no others.
    public var groups: [UInt32]

    /// A user as `/etc/passwd` numbers them.
    public init(number: UInt32, group: UInt32, groups: [UInt32] = []) {
        self.number = number
        self.group = group
        self.groups = groups
    }
}
