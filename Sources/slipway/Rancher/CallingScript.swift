internal import Foundation

/// Finds the script that called this program, so that `up` sees the files that lie beside it.
struct CallingScript {
    /// What is asked of the processes above; a value, so that tests have their own.
    struct Processes {
        var arguments: (Int32) -> [String]
        /// Folders that a relative path in the arguments may be relative to, the likeliest first.
        var folders: (Int32) -> [String]
        var parent: (Int32) -> Int32?
        var exists: (String) -> Bool
    }

    /// How many processes up is looked.
    private static let levels = 8

    let processes: Processes

    /// Folder of the nearest script among `process` and those above it.
    func folder(from process: Int32) -> String? {
        var process = process
        for _ in 0..<Self.levels where process > 1 {
            if let script = Self.script(in: processes.arguments(process)) {
                for base in script.hasPrefix("/") ? [""] : processes.folders(process) {
                    let path = base.isEmpty ? script : "\(base)/\(script)"
                    if processes.exists(path) { return Self.parent(of: path) }
                }
            }
            guard let parent = processes.parent(process) else { return nil }
            process = parent
        }
        return nil
    }

    /// The script in an interpreter's command line: `deploy/deploy.sh` of `bash -e deploy/deploy.sh now`.
    static func script(in arguments: [String]) -> String? {
        guard let program = arguments.first?.split(separator: "/").last.map(String.init) else { return nil }
        let shells: Set<String> = ["sh", "bash", "dash", "zsh", "ksh", "ash", "-sh", "-bash"]
        let others = ["python", "ruby", "perl", "node"]
        guard shells.contains(program) || others.contains(where: { program.hasPrefix($0) }) else { return nil }
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            if argument == "--" { return rest.first }
            guard argument.hasPrefix("-") || argument.hasPrefix("+") else { return argument }
            if !argument.hasPrefix("--"), argument.contains("c") { return rest.first.flatMap(scriptCalled) }
            if argument == "-s" || argument == "-m" { return nil }
            if argument == "-o" || argument == "+o" || argument == "-O" || argument == "--rcfile" {
                rest = rest.dropFirst()
            }
        }
        return nil
    }

    /// The script that a `-c` command begins with: a shell runs one without a `#!` line in its own process, whose
    /// arguments stay those of the command.
    private static func scriptCalled(by command: String) -> String? {
        let first = command.split(whereSeparator: \.isWhitespace).first { $0 != "exec" }
        return first.flatMap { $0.contains("/") ? String($0) : nil }
    }

    private static func parent(of path: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return folder.isEmpty ? "/" : folder.hasSuffix("/.") ? String(folder.dropLast(2)) : folder
    }
}

extension CallingScript.Processes {
    /// The processes of this machine, out of `/proc`.
    static var machine: Self {
        Self(
            arguments: { strings("/proc/\($0)/cmdline") },
            folders: { process in
                // A script that has changed its folder was started in the one that its environment names.
                let now = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
                let start = strings("/proc/\(process)/environ").first { $0.hasPrefix("PWD=") }?.dropFirst(4)
                return [now, start.map(String.init)].compactMap { $0 }
            },
            parent: { process in
                guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
                // pid (name, which may hold anything) state parent …
                let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
                return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
            },
            exists: { FileManager.default.fileExists(atPath: $0) })
    }

    private static func strings(_ path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    }
}
