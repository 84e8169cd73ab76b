import Foundation
import Model
package import NameServer

/// The files that name servers read.
extension NameSettings: NameStore {
    package func forget(_ environment: Int64) {
        try? FileManager.default.removeItem(atPath: folder(of: environment))
    }

    /// Only where something changed; our own user's, as whom the name server runs.
    package func write(_ book: NameBook, of environment: Int64) throws {
        let files = FileManager.default
        let (folder, bytes) = (folder(of: environment), Data(book.text.utf8))
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
