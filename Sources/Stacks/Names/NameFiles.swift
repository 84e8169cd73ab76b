import Foundation
import Model
import NameServer

/// The files that name servers read.
actor NameFiles {
    private let settings: NameSettings
    private var asked = 0
    private var latest = 0

    init(_ settings: NameSettings) {
        self.settings = settings
    }

    /// Makes the files what `load` says, by environment. Each call loads anew, so that an older wish never undoes a newer
    /// one: who was overtaken while it loaded is content with what the other wrote, which began later and knows more.
    func publish(_ load: @Sendable () async throws -> [Int64: NameBook]) async throws {
        asked += 1
        let turn = asked
        let books = try await load()
        guard turn > latest else { return }
        latest = turn
        for (environment, book) in books { try write(book.text, environment) }
    }

    /// Takes away what an environment's name server would read.
    func forget(_ environment: Int64) {
        try? FileManager.default.removeItem(atPath: settings.folder(of: environment))
    }

    /// Complete or not at all, and only where something changed; our own user's, as whom the name server runs.
    private func write(_ text: String, _ environment: Int64) throws {
        let files = FileManager.default
        let (folder, bytes) = (settings.folder(of: environment), Data(text.utf8))
        let path = "\(folder)/names"
        if files.contents(atPath: path) == bytes { return }
        do {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let draft = "\(path).new"
            try bytes.write(to: URL(filePath: draft))
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: draft)
            guard rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw Failure(
                .unavailable, "\(path) can't be written", hint: "Is the disk full?", cause: error.localizedDescription)
        }
    }
}
