import Delivery
import Foundation
import Testing

@testable import Web

/// Whole pages, held to stored copies. `UPDATE_GOLDEN=1 swift test --filter WebTests` writes them anew;
/// `SLIPWAY_PREVIEW=folder` writes them with their style sheet for a browser.
@Suite struct GoldenTests {
    private let environment = ProcessInfo.processInfo.environment

    @Test func pagesAreAsStored() throws {
        for page in try Sample().pages {
            try expectGolden(page.html.text, page.name)
        }
    }

    @Test func whatHoldsThemUpIsSaid() throws {
        let sample = try Sample()
        var (build, deploy) = (sample.buildView, sample.deployView)
        build.notice = "The disk of <data> is full"
        deploy.notice = build.notice
        let said = "The disk of &lt;data&gt; is full"
        #expect(BuildPage(view: build).render(Sample.context).text.contains(said))
        #expect(DeployPage(view: deploy).render(Sample.context).text.contains(said))
    }

    @Test func previewsAreWritten() throws {
        guard let folder = environment["SLIPWAY_PREVIEW"] else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for asset in Assets.all {
            try asset.text.write(toFile: "\(folder)/\(asset.name)", atomically: true, encoding: .utf8)
        }
        for page in try Sample().pages {
            var text = page.html.text
            for asset in Assets.all { text = text.replacing(asset.path, with: asset.name) }
            try text.write(toFile: "\(folder)/\(page.name).html", atomically: true, encoding: .utf8)
        }
    }

    private func expectGolden(_ text: String, _ name: String) throws {
        let text = Assets.all.reduce(text) { $0.replacing($1.path, with: "/assets/\($1.name)") }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).html")
        if environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let stored = try String(contentsOf: file, encoding: .utf8)
        let difference = zip(text.split(separator: "\n"), stored.split(separator: "\n")).first { $0 != $1 }
        #expect(
            text == stored,
            "\(name).html differs: \(difference.map { "now \($0)\nstored \($1)" } ?? "one is longer"); UPDATE_GOLDEN=1 stores it"
        )
    }
}
