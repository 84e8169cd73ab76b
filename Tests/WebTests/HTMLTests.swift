import Foundation
import Testing

@testable import Web

@Suite struct HTMLTests {
    @Test func interpolatedTextIsEscapedInTextAndAttributes() {
        let nasty = "<script>alert(\"1\" & '2')</script>"
        let escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"
        let html: HTML = "<a title=\"\(nasty)\">\(nasty)</a>"
        #expect(html.text == "<a title=\"\(escaped)\">\(escaped)</a>")
    }

    @Test func htmlIsNotEscapedTwice() {
        let inner: HTML = "<b>\("&")</b>"
        let nothing: HTML? = nil
        let outer: HTML = "<p>\(inner)\([inner, inner])\(nothing)\(7)\(inner, if: false)</p>"
        #expect(outer.text == "<p><b>&amp;</b><b>&amp;</b><b>&amp;</b>7</p>")
        #expect(HTML(raw: "<i>").text == "<i>")
    }

    @Test(
        arguments: [
            (0.0, "just now"), (9, "just now"), (59, "59 s ago"), (180, "3 min ago"), (7300, "2 h ago"),
            (86_400 * 3, "3 d ago"), (86_400 * 100, "3 months ago"), (86_400 * 800, "2 years ago"), (-300, "in 5 min"),
        ] as [(Double, String)])
    func timesAreWords(seconds: Double, words: String) {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        #expect(Words.ago(now.addingTimeInterval(-seconds), now: now) == words)
    }

    @Test(
        arguments: [
            (0.0, "0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (59.6, "1 min"), (133, "2 min 13 s"), (120, "2 min"),
            (3840, "1 h 4 min"),
        ] as [(Double, String)])
    func durationsAreWords(seconds: Double, words: String) {
        #expect(Words.duration(seconds) == words)
    }

    @Test func smallWords() {
        #expect(Words.exact(Date(timeIntervalSince1970: 1_790_000_000)) == "2026-09-21 14:13:20 UTC")
        #expect(Words.count(1, "commit") == "1 commit")
        #expect(Words.count(0, "commit") == "0 commits")
        #expect(Words.initials("Ada von Lindqvist") == "AL")
        #expect(Words.initials("") == "?")
        #expect(Words.bytes(50_400_000) == "50 MB")
        let (sha, digest) = (String(repeating: "a1", count: 20), String(repeating: "b2", count: 32))
        #expect(
            Words.shortened("pulled orders:\(sha) @sha256:\(digest)") == "pulled orders:a1a1a1a @sha256:b2b2b2b2b2b2")
    }
}
