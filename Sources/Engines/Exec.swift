/// A command to run in a container beside what runs there.
public struct ExecPlan: Hashable, Sendable, Codable {
    /// The program and its arguments; no shell reads them.
    public var command: [String]
    /// Whether it has a terminal.
    public var tty: Bool
    /// Size of the terminal.
    public var rows: Int
    public var columns: Int
    /// `KEY=VALUE`.
    public var environment: [String]
    /// Nil means the container's own, as the next.
    public var user: String?
    public var workingDirectory: String?

    public init(
        command: [String], tty: Bool, rows: Int = 24, columns: Int = 80, environment: [String] = [],
        user: String? = nil, workingDirectory: String? = nil
    ) {
        self.command = command
        self.tty = tty
        self.rows = rows
        self.columns = columns
        self.environment = environment
        self.user = user
        self.workingDirectory = workingDirectory
    }
}

/// A command that runs in a container.
public protocol ExecProcess: Sendable {
    /// What it writes, until it has ended: a terminal's bytes as they are; without a terminal in frames of one byte for
    /// the stream (1 output, 2 errors), three of zero and four for the length. One reader.
    var output: AsyncThrowingStream<[UInt8], any Error> { get }
    /// Writes to its standard input.
    func write(_ bytes: [UInt8]) async throws
    /// Ends its standard input.
    func finishInput() async
    /// Tells it another size of its terminal.
    func resize(rows: Int, columns: Int) async throws
    /// Nil while it runs.
    func exitStatus() async throws -> Int?
    /// Ends it, as when its terminal is hung up; one that has ended is fine.
    func end() async
}
