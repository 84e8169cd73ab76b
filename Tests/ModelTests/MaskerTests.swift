import Foundation
import Testing

@testable import Model

struct MaskerTests {
    private func mask(_ text: String, _ secrets: [String], chunk: Int = .max) -> String {
        var masker = Masker(secrets: secrets)
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            output += masker.mask(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        return String(decoding: output + masker.finish(), as: UTF8.self)
    }

    @Test(arguments: [
        ("no secret here", ["hunter2"], "no secret here"),
        ("a hunter2 b hunter2", ["hunter2"], "a **** b ****"),
        ("hunter2hunter2", ["hunter2"], "********"),
        ("hunter22", ["hunter2", "hunter22"], "****"),
        ("xhunter2", ["hunter2", "hunter22"], "x****"),
        ("abcdefgh", ["abcdef", "defgh"], "****"),
        ("aaaaab", ["aaaab"], "a****"),
        ("abababac", ["ababac"], "ab****"),
        ("hunter", ["hunter2"], "hunter"),
        ("abc", ["abc"], "abc"),
        ("pässwörd!", ["pässwörd"], "****!"),
    ])
    func whole(_ text: String, _ secrets: [String], _ expected: String) {
        #expect(mask(text, secrets) == expected)
        for size in 1...4 { #expect(mask(text, secrets, chunk: size) == expected) }
    }

    @Test func formsOfASecret() {
        let secret = "p@ss word/?+=%"
        let allowed = CharacterSet.alphanumerics
        let encoded = secret.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        #expect(mask("x \(encoded) y", [secret]) == "x **** y")
        #expect(mask("x \(encoded.lowercased()) y", [secret]) == "x **** y")
        #expect(mask("x \(Data(secret.utf8).base64EncodedString()) y", [secret]) == "x **** y")
        for before in ["", "u", "us", "usr", "user:"] {
            for after in ["", ":", "::", ":::"] {
                let text = Data((before + "correcthorse" + after).utf8).base64EncodedString()
                let masked = mask(text, ["correcthorse"])
                #expect(masked.contains("****") && masked.utf8.count <= 4 + 10 + 8, "\(before) \(after): \(masked)")
            }
        }
        #expect(mask(#"{"password": "say \"hello\""}"#, [#"say "hello""#]) == #"{"password": "****"}"#)
    }

    @Test func linesOfASecret() {
        let key = "-----BEGIN KEY-----\nabcdefghijkl\nshort\nmnopqrstuvwx\n-----END KEY-----\n"
        let masked = mask("key:\nabcdefghijkl\nshort\n mnopqrstuvwx", [key])
        #expect(masked == "key:\n****\nshort\n ****")
        #expect(mask(key, [key]).contains("short") == false)
        #expect(mask(key.replacingOccurrences(of: "\n", with: "\r\n"), [key]).contains("short") == false)
    }

    @Test func onlyWhatMayBecomeASecretIsHeldBack() {
        var masker = Masker(secrets: ["hunter2"])
        #expect(masker.mask(Array("Password: hunt".utf8)) == Array("Password: ".utf8))
        #expect(masker.mask(Array("ing".utf8)) == Array("hunting".utf8))
        #expect(masker.finish() == [])
    }

    /// What comes out doesn't depend on the borders, and no secret comes out.
    @Test(arguments: 0..<200)
    func chunksDoNotMatter(_ seed: UInt64) {
        var random = Lehmer(state: seed * 2 + 1)
        let alphabet = Array("abc")
        let secrets = (0..<3).map { _ in
            String(
                (0..<Int.random(in: 4...9, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        let text = String((0..<300).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        let expected = mask(text, secrets)
        for secret in secrets { #expect(!expected.contains(secret)) }
        #expect(mask(text, secrets, chunk: Int.random(in: 1...20, using: &random)) == expected)
    }

    /// What a streaming replacer gets wrong: secrets that begin in one another, repeat themselves, or end in one another.
    @Test(arguments: [
        ("aaaaaaaa", ["aaaa"], "****"),
        ("abcabcabcd", ["abcabcd"], "abc****"),
        ("secretsecre", ["secretsecret", "secret"], "****secre"),
        ("one-two-three", ["one-two", "two-three", "-two-"], "****"),
        ("tokentoken2", ["token", "token2"], "********"),
        ("prefix-abcde", ["prefix-abcdef", "abcde"], "prefix-****"),
        ("pass\r\nword next", ["pass\nword"], "**** next"),
        ("pass\nword next", ["pass\r\nword"], "**** next"),
        ("ab\ncd|ab\r\ncd", ["ab\ncd"], "****|****"),
        ("aabaab", ["aabaab"], "****"),
        ("aabaaabaab", ["aabaab"], "aaba****"),
        ("aabaabaab!", ["aabaab"], "****!"),
        ("aabaabaabaab", ["aabaab"], "****"),
        ("abaababaabab", ["abaab", "ababaab"], "****ab"),
        ("<inner-outer-inner>", ["outer-", "inner-outer-inner"], "<****>"),
        ("<inner-outer-inn>", ["outer-", "inner-outer-inner"], "<inner-****inn>"),
        ("hunter2hunter", ["hunter2hunter2", "ter2"], "hun****hunter"),
    ])
    func overlaps(_ text: String, _ secrets: [String], _ expected: String) {
        for size in 1...text.utf8.count + 1 { #expect(mask(text, secrets, chunk: size) == expected, "\(size)") }
        let bytes = Array(text.utf8)
        for place in 0...bytes.count {
            var masker = Masker(secrets: secrets)
            let output = masker.mask(bytes[..<place]) + masker.mask(bytes[place...]) + masker.finish()
            #expect(String(decoding: output, as: UTF8.self) == expected, "cut at \(place)")
        }
    }

    @Test(arguments: [
        "p%40ss%20word%2F%3F%2B%3D%25", "p%40ss%20word%2f%3f%2b%3d%25", "p%40ss+word%2F%3F%2B%3D%25",
        "p@ss%20word/?+=%25", #"p@ss word\/?+=%"#, #"p@ss\ word/\?+=%"#,
    ])
    func encodedForms(_ text: String) {
        #expect(mask("<\(text)>", ["p@ss word/?+=%"]) == "<****>")
    }

    @Test(arguments: [
        (#"it's "5 $ `é` \"#, #"it'\''s "5 $ `é` \"#), (#"it's "5 $ `é` \"#, #"it's \"5 \$ \`é\` \\"#),
        (#"it's "5 $ `é` \"#, #"it's \"5 $ `\u00e9` \\"#), (#"it's "5 $ `é` \"#, #"it\'s\ \"5\ \$\ \`é\`\ \\"#),
        ("two\nlines\tand", #"two\nlines\tand"#), ("<tag>&co", #"\u003ctag\u003e\u0026co"#),
        ("emoji 😀!", #"emoji \ud83d\ude00!"#),
    ])
    func quotedForms(_ secret: String, _ text: String) {
        #expect(mask("(\(text))", [secret]) == "(****)")
    }

    @Test(arguments: [64, 76]) func wrappedBase64(_ width: Int) {
        let secret = String((0..<40).map { "part\($0)," }.joined())
        for before in ["", "x", "xy", "user:"] {
            let encoded = Data((before + secret + "\n").utf8).base64EncodedString()
            for lineBreak in ["\n", "\r\n"] {
                var lines: [Substring] = []
                var rest = Substring(encoded)
                while !rest.isEmpty {
                    lines.append(rest.prefix(width))
                    rest = rest.dropFirst(width)
                }
                let masked = mask(lines.joined(separator: lineBreak), [secret], chunk: 7)
                #expect(masked.contains("****") && masked.utf8.count <= 4 + 8 + 8, "\(before): \(masked)")
            }
        }
    }

    /// Held against the plainest thing that could work: find every form in the whole text, join what overlaps.
    @Test(arguments: 0..<200)
    func asTheReference(_ seed: UInt64) {
        var random = Lehmer(state: seed * 2 + 1)
        let alphabet = Array("ab \n\"'%/é")
        func text(_ lengths: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: lengths, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" }
            )
        }
        let secrets = (0..<3).map { _ in text(4...12) }
        var whole = text(0...40)
        for _ in 0..<6 {
            let secret = secrets.randomElement(using: &random) ?? ""
            let forms = Array(MaskedForms.all(of: secret)).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
            if let form = forms.randomElement(using: &random) { whole += String(decoding: form.bytes, as: UTF8.self) }
            whole += text(0...5)
        }
        let expected = Self.reference(Array(whole.utf8), secrets)
        #expect(mask(whole, secrets) == expected)
        for _ in 0..<5 {
            var masker = Masker(secrets: secrets)
            var output: [UInt8] = []
            var rest = Array(whole.utf8)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...9, using: &random)
                output += masker.mask(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(String(decoding: output + masker.finish(), as: UTF8.self) == expected)
        }
    }

    private static func reference(_ text: [UInt8], _ secrets: [String]) -> String {
        var found: [Range<Int>] = []
        for form in Set(secrets.flatMap(MaskedForms.all(of:))) {
            for start in text.indices {
                var (place, index, breaks) = (start, 0, 0)
                while index < form.bytes.count, place < text.count {
                    if text[place] == form.bytes[index] {
                        (index, breaks) = (index + 1, 0)
                    } else if form.isWrapped, index > 0, breaks < 2, [10, 13].contains(text[place]) {
                        breaks += 1
                    } else {
                        break
                    }
                    place += 1
                }
                if index == form.bytes.count { found.append(start..<place) }
            }
        }
        var output: [UInt8] = []
        var place = 0
        for range in found.sorted(by: { ($0.lowerBound, -$0.upperBound) < ($1.lowerBound, -$1.upperBound) }) {
            if range.lowerBound >= place {
                output += text[place..<range.lowerBound] + Masker.replacement
            }
            place = max(place, range.upperBound)
        }
        return String(decoding: output + text[place...], as: UTF8.self)
    }

    private struct Lehmer: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
