import Foundation
import Model
import Testing

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

    private struct Lehmer: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
