import Testing

@testable import Model

/// The vectors are those of the authors: draft-eastlake-fnv and test_fnv.c.
struct FingerprintTests {
    @Test(
        arguments: [
            ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
        ])
    func `A fingerprint is FNV-1a`(text: String, digits: String) {
        #expect(Fingerprint(text).digits == digits)
        #expect(Fingerprint(Array(text.utf8)).digits == digits)
    }

    @Test func `It grows piece by piece`() {
        var fingerprint = Fingerprint()
        for piece in ["foo", "", "bar"] { fingerprint.add(piece) }
        #expect(fingerprint == Fingerprint("foobar"))
        var other = Fingerprint("fooba")
        other.add(UInt64(UInt8(ascii: "r")))
        #expect(other == fingerprint)
    }

    @Test func `Small values have sixteen digits too`() {
        var fingerprint = Fingerprint()
        fingerprint.add(fingerprint.value)
        #expect(fingerprint.digits == "0000000000000000")
    }
}
