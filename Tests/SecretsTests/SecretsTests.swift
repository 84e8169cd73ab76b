import Secrets
import Testing

struct SecretsTests {
    @Test func passwordsAreVerified() throws {
        let hash = try Password.hash("correct horse")
        #expect(hash.hasPrefix("scrypt$16384$8$1$"))
        #expect(!hash.contains("horse"))
        #expect(Password.verify("correct horse", against: hash))
        #expect(!Password.verify("correct horsf", against: hash))
        #expect(!Password.verify("", against: hash))
        #expect(try Password.hash("correct horse") != hash)
    }

    /// RFC 7914, section 12: N = 16384, r = 8, p = 1.
    @Test func scryptIsTheStandards() {
        let stored = "scrypt$16384$8$1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI="
        #expect(Password.verify("pleaseletmein", against: stored))
    }

    @Test(arguments: [
        "", "scrypt", "plain", "scrypt$0$8$1$AAAA$AAAA", "scrypt$3$8$1$AAAA$AAAA", "scrypt$1099511627776$8$1$AAAA$AAAA",
        "scrypt$32768$8$1$$",
    ])
    func brokenHashesMatchNothing(_ stored: String) {
        #expect(!Password.verify("", against: stored))
    }

    @Test func tokens() {
        let tokens = (0..<100).map { _ in Token.make(prefix: "slp_") }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.wholeMatch(of: #/slp_[0-9A-Za-z]{43}/#) != nil })
        #expect(Token.hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func comparison() {
        #expect(ConstantTime.equal("abc", "abc"))
        #expect(!ConstantTime.equal("abc", "abd"))
        #expect(!ConstantTime.equal("abc", "ab"))
        #expect(ConstantTime.equal("", ""))
    }
}
