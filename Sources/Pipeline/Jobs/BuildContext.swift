import Foundation
import Glibc
import Model

/// The files that docker reads as the server's user to build an image. What a commit, its tests or its containers have
/// linked to something outside of the working copy is not among them.
struct BuildContext {
    /// The working copy.
    let root: String

    /// Throws `.invalid` where the folder, the Dockerfile or what says which files are left out lies elsewhere.
    func check(context: String, dockerfile: String) throws(Failure) {
        let folder = "\(root)/\(context)"
        let file = "\(folder)/\(dockerfile)"
        try check(folder, isNeeded: true)
        try check(file, isNeeded: true)
        for ignored in ["\(folder)/.dockerignore", "\(file).dockerignore"] { try check(ignored, isNeeded: false) }
    }

    private func check(_ path: String, isNeeded: Bool) throws(Failure) {
        let shown = path.hasPrefix("\(root)/") ? String(path.dropFirst(root.count + 1)) : path
        guard let real = Self.real(path) else {
            // A link that leads nowhere may lead somewhere in a moment.
            var status = stat()
            guard isNeeded || lstat(path, &status) == 0 else { return }
            throw Failure(.invalid, "The commit has no \(shown)", hint: "See `image` and `test.build` in slipway.yml.")
        }
        guard let base = Self.real(root), real == base || real.hasPrefix("\(base)/") else {
            throw Failure(
                .invalid, "\(shown) leads out of the working copy, to \(real)",
                hint: "An image is built from the commit's own files: put a copy there instead of the link.")
        }
    }

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
