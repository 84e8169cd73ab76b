import Foundation
import Model
import Testing

@testable import DockerAPI

struct TarArchiveTests {
    /// Held against the tar that everybody has.
    @Test func tarReadsIt() throws {
        var archive = TarArchive()
        try archive.add(folder: "run/secrets")
        try archive.add("run/secrets/A", Array("one\n".utf8), uid: 1000, gid: 7, mode: 0o400)
        try archive.add("run/secrets/B", [UInt8](repeating: 65, count: 1024), uid: 0, gid: 0, mode: 0o444)
        let folder = FileManager.default.temporaryDirectory.appending(path: "tar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "archive.tar")
        try Data(archive.bytes).write(to: file)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/tar")
        process.arguments = ["--numeric-owner", "-tvf", file.path]
        process.standardOutput = pipe
        try process.run()
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: " ") }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(lines.map { $0[0] } == ["drwxr-xr-x", "-r--------", "-r--r--r--"])
        #expect(lines.map { $0[1] } == ["0/0", "1000/7", "0/0"])
        #expect(lines.map { $0[2] } == ["0", "4", "1024"])
        #expect(lines.map { $0.last } == ["run/secrets/", "run/secrets/A", "run/secrets/B"])
    }

    @Test func whatDoesNotFitIsRefused() {
        var archive = TarArchive()
        #expect(throws: Failure.self) {
            try archive.add(String(repeating: "x", count: 101), [], uid: 0, gid: 0, mode: 0o444)
        }
        #expect(throws: Failure.self) { try archive.add("x", [], uid: -1, gid: 0, mode: 0o444) }
    }
}
