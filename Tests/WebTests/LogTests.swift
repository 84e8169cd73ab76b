import Testing

@testable import Web

@Suite struct LogTests {
    private func lines(_ text: String) -> String {
        LogFragment(Array(text.utf8), from: LogCursor(offset: 0), ended: true).html.text
    }

    @Test func coloursBecomeClasses() {
        #expect(
            lines("\u{1B}[1;31mno\u{1B}[0m & yes\n")
                == "<div class=\"l\"><span class=\"f1 o\">no</span> &amp; yes</div>")
        #expect(lines("\u{1B}[38;5;208mx\u{1B}[m") == "<div class=\"l\"><span class=\"f208\">x</span></div>")
        #expect(lines("\u{1B}[38;2;255;0;0mx") == "<div class=\"l\"><span class=\"f196\">x</span></div>")
        #expect(lines("\u{1B}[92;44mx") == "<div class=\"l\"><span class=\"f10 b4\">x</span></div>")
    }

    @Test func aColourLastsOverLines() {
        #expect(
            lines("\u{1B}[32ma\nb\u{1B}[39m\nc")
                == "<div class=\"l\"><span class=\"f2\">a</span></div><div class=\"l\"><span class=\"f2\">b</span></div><div class=\"l\">c</div>"
        )
    }

    @Test(arguments: [
        ("a\r\n", "a"), ("10%\r55%\r100%\r\n", "100%"), ("100%\r7\n", "700%"), ("100%\r7\u{1B}[K\n", "7"),
        ("abc\u{8}\u{8}x\n", "axc"), ("a\tb\n", "a       b"), ("\u{1B}[2J\u{1B}[?25lhi\u{7}\n", "hi"),
        ("\u{1B}]0;title\u{7}hi\n", "hi"), ("\u{1B}]8;;http://x\u{1B}\\hi\n", "hi"), ("ab\u{1B}[5Gc\n", "ab  c"),
        ("\u{1B}[", ""), ("\u{1B}", ""), ("é\r\n", "é"),
    ])
    func aLineIsWhatATerminalWouldShow(text: String, shown: String) {
        #expect(lines(text) == "<div class=\"l\">\(shown.isEmpty ? "\n" : shown)</div>")
    }

    @Test func theLastLineIsAPartUntilItEnds() {
        let first = LogFragment(Array("one\ntw".utf8), from: LogCursor(offset: 10), ended: false)
        #expect(first.lines.text == "<div class=\"l\">one</div>")
        #expect(first.part?.text == "<div class=\"l part\">tw</div>")
        #expect(first.next == LogCursor(offset: 14))
    }

    @Test func readingInPiecesGivesWhatReadingAtOnceGives() {
        let text = Array("\u{1B}[31mred\r\nstill é red\u{1B}[0m\nplain\nlast".utf8)
        let whole = LogFragment(text, from: LogCursor(offset: 0), ended: true).html.text
        for cut in text.indices {
            let first = LogFragment(Array(text[..<cut]), from: LogCursor(offset: 0), ended: false)
            let rest = LogFragment(Array(text[first.next.offset...]), from: first.next, ended: true)
            #expect(first.lines.text + rest.html.text == whole, "cut at \(cut)")
        }
    }

    @Test func aLineWithoutEndIsCut() {
        let text = [UInt8](repeating: 120, count: LogFragment.longestLine + 5)
        let fragment = LogFragment(text, from: LogCursor(offset: 0), ended: false)
        #expect(fragment.next.offset == LogFragment.longestLine)
        #expect(fragment.part?.text == "<div class=\"l part\">xxxxx</div>")
    }

    @Test(arguments: ["0", "1234", "77:f1-o", "5:f208-b4-o-d-i-u-v"])
    func cursorsSurviveTheirText(text: String) {
        #expect(LogCursor(text)?.description == text)
    }

    @Test(arguments: ["", "-1", "x", "1:zz"])
    func wrongCursorsAreRefused(text: String) {
        #expect(LogCursor(text) == nil)
    }
}
