import Foundation
import Model

@testable import slipway

/// The Debian package, made of the built program.
enum Package {
    static let project = URL(filePath: #filePath).appending(path: "../../../..").standardized.path

    /// The systemd unit.
    static func unit() throws -> String {
        try String(contentsOfFile: "\(project)/packaging/slipway.service", encoding: .utf8)
    }
}

extension Installation {
    /// Makes a package of that version and has dpkg unpack it below the installation's folder, over one of before if
    /// there is one. Returns the program's path.
    func unpack(_ version: String) async throws -> String {
        let root = "\(folder)/root"
        let said = try await shell(
            """
            set -e
            package=$('\(Package.project)/scripts/deb' '\(Self.executable)' '\(folder)/packages' '\(version)' 2>&1)
            mkdir -p '\(root)/var/lib/dpkg/info' '\(root)/var/lib/dpkg/updates' '\(root)/etc' '\(root)/run'
            touch '\(root)/var/lib/dpkg/status' '\(root)/var/lib/dpkg/available'
            dpkg --root='\(root)' --force-script-chrootless --force-depends --unpack "${package##*$'\\n'}" 2>&1
            dpkg --root='\(root)' -s slipway | grep '^Version: \(version)$'
            """)
        guard said.contains("\nVersion: \(version)\n") else {
            throw Failure(.failed, "The package \(version) can't be unpacked", cause: said)
        }
        return "\(root)/usr/bin/slipway"
    }
}
