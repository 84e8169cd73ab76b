internal import Model
internal import StackFile

/// Finds the files of a stack: where `up` is called, then in the calling script's folder. Pure.
struct StackFileFinder {
    /// What was found; paths are as a person would write them from the working directory.
    struct Found: Sendable, Hashable {
        /// In order; later ones override earlier ones. `-` is standard input.
        var composeFiles: [String]
        var rancherFile: String?
    }

    let workingDirectory: String
    /// Folder of the script that called; nil where none did.
    let scriptFolder: String?
    /// Whether a file is there; gets absolute paths.
    let exists: (String) -> Bool

    /// The files that `arguments` name, or those that are there under the usual names. Throws what was looked for.
    func find(_ arguments: UpArguments) throws(Failure) -> Found {
        let compose = try arguments.files.isEmpty ? usual() : named(arguments.files, "compose")
        guard let first = compose.first else { throw Failure(.usage, "no compose file is named") }
        if let file = arguments.rancherFile {
            return Found(composeFiles: compose, rancherFile: try named([file], "rancher-compose").first)
        }
        let folder = first == "-" ? workingDirectory : Self.folder(of: absolute(first, in: workingDirectory))
        let rancher = StackFiles.rancherNames.map { "\(folder)/\($0)" }.first(where: exists)
        return Found(composeFiles: compose, rancherFile: rancher.map(shown))
    }

    /// The stack's name: as given, else the first compose file's folder; normalised as Rancher does.
    func stackName(_ arguments: UpArguments, _ found: Found) -> String {
        if let stack = arguments.stack { return Self.normalised(stack) }
        let first = found.composeFiles.first ?? "-"
        let folder = first == "-" ? workingDirectory : Self.folder(of: absolute(first, in: workingDirectory))
        return Self.normalised(folder.split(separator: "/").last.map(String.init) ?? "default")
    }

    /// Lower case, `-` for what is no letter, digit or `-`, and no `-` in front.
    static func normalised(_ name: String) -> String {
        let plain = String(name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        return plain.hasPrefix("-") ? "x" + plain : plain
    }

    private var folders: [String] {
        let script = scriptFolder.map { absolute($0, in: workingDirectory) }
        return [workingDirectory] + (script == nil || script == workingDirectory ? [] : [script ?? ""])
    }

    private func usual() throws(Failure) -> [String] {
        for folder in folders {
            guard let name = StackFiles.composeNames.first(where: { exists("\(folder)/\($0)") }) else { continue }
            let override = "\(folder)/docker-compose.override.yml"
            return [shown("\(folder)/\(name)")] + (exists(override) ? [shown(override)] : [])
        }
        throw Failure(
            .notFound, "there is no compose file in \(folders.joined(separator: " or "))",
            hint: "looked for \(StackFiles.composeNames.joined(separator: ", ")); name one with --file")
    }

    private func named(_ files: [String], _ kind: String) throws(Failure) -> [String] {
        var found: [String] = []
        for file in files {
            let candidates = folders.map { absolute(file, in: $0) }
            guard let path = file == "-" ? "-" : candidates.first(where: exists) else {
                var unique: [String] = []
                for candidate in candidates where !unique.contains(candidate) { unique.append(candidate) }
                throw Failure(
                    .notFound, "the \(kind) file \(file) is not there",
                    hint: "looked for \(unique.joined(separator: ", "))")
            }
            found.append(shown(path))
        }
        return found
    }

    private func absolute(_ path: String, in folder: String) -> String {
        if path.hasPrefix("/") { return path }
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return path.isEmpty || path == "." ? folder : "\(folder)/\(path)"
    }

    private func shown(_ path: String) -> String {
        path.hasPrefix(workingDirectory + "/") ? String(path.dropFirst(workingDirectory.count + 1)) : path
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? path
    }
}
