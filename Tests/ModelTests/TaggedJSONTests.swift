import Foundation
import Model
import Testing

@Suite("JSON of values that are one of several things")
struct TaggedJSONTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encoder.encode(value), as: UTF8.self)
    }

    private func read<T: Decodable>(_ text: String, as type: T.Type = T.self) throws -> T {
        try JSONCoding.decoder.decode(type, from: Data(text.utf8))
    }

    @Test("The forms that the API has, there and back")
    func forms() throws {
        let verifications: [(Deploy.Verification, String)] = [
            (.verified(containers: 3), #"{"containers":3,"state":"verified"}"#),
            (.nothingVerified, #"{"state":"nothing-verified"}"#),
            (.differs(["web-1"]), #"{"differences":["web-1"],"state":"differs"}"#),
        ]
        for (value, form) in verifications {
            #expect(try text(value) == form)
            #expect(try read(form) == value)
        }
        #expect(try text(App.Source.hosted) == #"{"kind":"hosted"}"#)
        #expect(try text(App.Source.remote(url: "/srv/a")) == #"{"kind":"remote","url":"/srv/a"}"#)
        #expect(try read(#"{"kind":"remote","url":"/srv/a"}"#) == App.Source.remote(url: "/srv/a"))
        #expect(try text(Step.Owner.deploy(3)) == #"{"id":3,"kind":"deploy"}"#)
        #expect(try read(#"{"id":3,"kind":"build"}"#) == Step.Owner.build(3))
        let parts = SecretText([.text("a:"), .secret("B")])
        #expect(try text(parts) == #"{"parts":[{"text":"a:"},{"secret":"B"}]}"#)
        #expect(try read(try text(parts)) == parts)
    }

    @Test("What a database has from before is read")
    func oldForms() throws {
        #expect(try read(#"{"verified":{"containers":3}}"#) == Deploy.Verification.verified(containers: 3))
        #expect(try read(#"{"nothingVerified":{}}"#) == Deploy.Verification.nothingVerified)
        #expect(try read(#"{"differs":{"_0":["web-1"]}}"#) == Deploy.Verification.differs(["web-1"]))
        #expect(
            try read(#"{"parts":[{"text":{"_0":"a:"}},{"secret":{"_0":"B"}}]}"#)
                == SecretText([.text("a:"), .secret("B")]))
    }

    @Test("A form that lacks its value is refused")
    func halfForms() {
        #expect(throws: DecodingError.self) { try read(#"{"state":"verified"}"#, as: Deploy.Verification.self) }
        #expect(throws: DecodingError.self) { try read(#"{"kind":"remote"}"#, as: App.Source.self) }
        #expect(throws: DecodingError.self) { try read("{}", as: SecretText.Part.self) }
    }
}
