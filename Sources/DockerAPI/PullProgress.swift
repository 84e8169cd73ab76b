import Foundation
import Model

/// Reads the JSON lines of a pull: steps for the log, and the error that may come after status 200.
struct PullProgress {
    private struct Line: Decodable {
        var status: String?
        var id: String?
        var error: String?
    }

    private var lines = LineSplitter()

    mutating func read(_ chunk: [UInt8], report: (String) -> Void) throws {
        for line in lines.split(chunk) { try read(line: line, report: report) }
    }

    mutating func finish(report: (String) -> Void) throws {
        if let rest = lines.finish() { try read(line: rest, report: report) }
    }

    private func read(line bytes: [UInt8], report: (String) -> Void) throws {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return }
        if let error = line.error {
            throw Failure(.failed, "The Docker Engine can't pull the image", cause: error)
        }
        guard let status = line.status, !["Downloading", "Extracting", "Waiting"].contains(status) else { return }
        report(line.id.map { "\($0): \(status)" } ?? status)
    }

    /// The engine answers a pull that failed with 404 or 500 or, after 200, with words only: this reads the words.
    static func classified(_ failure: Failure, reference: String) -> Failure {
        guard let cause = failure.cause, failure.code == .failed || failure.code == .notFound else { return failure }
        let says = { (phrases: [String]) in phrases.contains { cause.localizedCaseInsensitiveContains($0) } }
        if says(["connection refused", "no such host", "dial tcp", "timeout", "Client.Timeout", "unreachable"]) {
            return Failure(
                .unavailable, "The registry of \(reference) doesn't answer",
                hint: "Start the registry, or correct the name of the image.", cause: cause)
        }
        if failure.code == .notFound || says(["manifest unknown", "not found", "does not exist", "access denied"]) {
            return Failure(
                .notFound, "No registry has the image \(reference)",
                hint: "Push it first, or correct the name; a private registry needs `docker login`.", cause: cause)
        }
        return Failure(.failed, "The Docker Engine can't pull the image \(reference)", cause: cause)
    }
}
