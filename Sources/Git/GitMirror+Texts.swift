import Foundation
public import Model

/// Some files of a commit.
public struct GitTexts: Sendable, Hashable {
    /// By path, relative to the repository's root.
    public var texts: [String: String]
    /// Paths of all files that may be executed, read or not.
    public var executables: Set<String>

    public init(texts: [String: String] = [:], executables: Set<String> = []) {
        self.texts = texts
        self.executables = executables
    }
}

extension GitMirror {
    /// Reads the files whose path `isWanted`, all with two runs of git however many they are. Symbolic links inside the
    /// repository are followed.
    public func texts(at sha: SHA, where isWanted: (String) -> Bool) async throws -> GitTexts {
        let listing = try await git(["ls-tree", "-r", "-z", "--full-tree", sha.description])
        var (found, wanted, links) = (GitTexts(), [(path: String, object: String)](), [String]())
        for line in listing.split(separator: 0) {
            // `<mode> <type> <object>\t<path>`
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            let words = (parts.first ?? []).split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard parts.count == 2, words.count == 3, words[1] == "blob" else { continue }
            let path = GitText.decode(parts[1])
            if words[0] == "100755" { found.executables.insert(path) }
            guard isWanted(path) else { continue }
            if words[0] == "120000" { links.append(path) } else { wanted.append((path, words[2])) }
        }
        if !wanted.isEmpty {
            let names = wanted.map { "\($0.object)\n" }.joined()
            let output = try await GitCommand(
                ["cat-file", "--batch"], in: directory, input: Array(names.utf8)
            ).output()
            for (file, content) in zip(wanted, GitBatch.contents(output)) {
                found.texts[file.path] = GitText.decode(content)
            }
        }
        for path in links { found.texts[path] = try await file(path, at: sha) }
        return found
    }
}

/// Reads what `git cat-file --batch` prints: `<object> <type> <size>`, a line feed, the content, a line feed.
enum GitBatch {
    static func contents(_ output: [UInt8]) -> [ArraySlice<UInt8>] {
        var (contents, rest) = ([ArraySlice<UInt8>](), output[...])
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let size = rest[..<end].split(separator: UInt8(ascii: " ")).last
                .flatMap { Int(String(decoding: $0, as: UTF8.self)) }
            let start = end + 1
            guard let size, size >= 0, size <= rest.endIndex - start else { break }
            contents.append(rest[start..<start + size])
            rest = rest[min(start + size + 1, rest.endIndex)...]
        }
        return contents
    }
}
