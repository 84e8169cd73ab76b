import Foundation
import Model
import Subprocess
import SystemPackage

/// A run of the git CLI: asks nobody anything, and ends at its deadline with all of its processes.
struct GitCommand: Sendable {
    /// What git said.
    struct Result: Sendable {
        var status: Int32
        var output: [UInt8]
        var errors: [UInt8]

        /// Output as lines.
        var lines: [String] {
            String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        }

        /// The last line of the complaints, without credentials.
        var lastWords: String {
            let lines = GitText.decode(errors).split(whereSeparator: \.isNewline)
            return GitText.withoutCredentials(String(lines.last ?? "git ended with status \(status)"))
        }
    }

    private let arguments: [String]
    private let directory: String?
    private let input: [UInt8]
    private let timeout: Duration

    /// `input` is what git reads from its standard input.
    init(_ arguments: [String], in directory: String?, input: [UInt8] = [], timeout: Duration = .seconds(120)) {
        self.arguments = arguments
        self.directory = directory
        self.input = input
        self.timeout = timeout
    }

    /// Runs git. Throws when it can't be run, or has not ended in time; its exit status is the caller's.
    func result() async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await run() }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            guard let first else {
                throw Failure(
                    .timedOut, "git \(verb) did not end within \(timeout.components.seconds) s",
                    hint: "See that the remote answers, then try again.")
            }
            return first
        }
    }

    /// Runs git and returns its output. Throws when it complains.
    @discardableResult
    func output() async throws -> [UInt8] {
        let result = try await result()
        guard result.status == 0 else {
            throw Failure(.failed, "git \(verb) failed", cause: result.lastWords)
        }
        return result.output
    }

    private var verb: String { arguments.first ?? "" }

    private func run() async throws -> Result {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        do {
            let result = try await Subprocess.run(
                GitProgram.executable, arguments: Arguments(GitEnvironment.options + arguments),
                environment: .custom(GitEnvironment.variables()), workingDirectory: directory.map { FilePath($0) },
                platformOptions: options, input: .array(input), output: .bytes(limit: 256 << 20),
                error: .bytes(limit: 4 << 20))
            try Task.checkCancellation()
            let status: Int32 =
                switch result.terminationStatus {
                case .exited(let code): code
                case .signaled(let signal): 128 + signal
                }
            return Result(status: status, output: result.standardOutput, errors: result.standardError)
        } catch let error as SubprocessError {
            throw Failure(
                .unavailable, "git can't be run in \(directory ?? "/")", hint: "Install git: apt-get install git",
                cause: "\(error)")
        }
    }
}

/// What every git process gets.
enum GitEnvironment {
    static let options = [
        "-c", "log.showSignature=false", "-c", "maintenance.auto=false", "-c", "gc.auto=0", "-c",
        "advice.detachedHead=false",
        "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*",
    ]

    /// The server's environment, without anything that could ask a question or point at another repository.
    static func variables() -> [Subprocess.Environment.Key: String] {
        var variables = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("GIT_") || kept.contains($0.key)
        }
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_ASKPASS"] = "/bin/false"
        variables["SSH_ASKPASS"] = "/bin/false"
        variables["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh"
        variables["GIT_LITERAL_PATHSPECS"] = "1"
        variables["LC_ALL"] = "C"
        if variables["GIT_SSH_COMMAND"] == nil {
            variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15"
        }
        return Dictionary(
            uniqueKeysWithValues: variables.compactMap { key, value in
                Subprocess.Environment.Key(rawValue: key).map { ($0, value) }
            })
    }

    private static let kept: Set<String> = [
        "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_CONFIG_GLOBAL", "GIT_EXEC_PATH",
    ]
}

/// Bytes of git's to text.
public enum GitText {
    /// UTF-8 where it is, else Latin-1: git stores messages as somebody wrote them.
    static func decode(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The same with user and password taken out of URLs.
    public static func withoutCredentials(_ text: String) -> String {
        text.replacing(#/:\/\/[^\/@\s]+@/#, with: "://")
    }
}
