import Foundation
import Model
import Testing

@Suite("JSON of the API")
struct JSONCodingTests {
    @Test("Times keep their milliseconds through text and back", arguments: [0, 0.001, 0.446, 0.999, 1.9996, -0.25])
    func times(fraction: Double) throws {
        let date = Date(timeIntervalSince1970: 1_795_435_098 + fraction)
        let text = JSONCoding.text(of: date)
        let back = try #require(JSONCoding.date(from: text))
        #expect(abs(back.timeIntervalSince(date)) <= 0.0006)
        #expect(JSONCoding.text(of: back) == text)
        #expect(text.count == 24 && text.hasSuffix("Z"))
    }

    @Test("Times are written in one way and read with or without a fraction")
    func forms() throws {
        #expect(JSONCoding.text(of: Date(timeIntervalSince1970: 0.25)) == "1970-01-01T00:00:00.250Z")
        #expect(JSONCoding.text(of: Date(timeIntervalSince1970: -0.25)) == "1969-12-31T23:59:59.750Z")
        #expect(JSONCoding.date(from: "1970-01-01T01:00:00+01:00") == Date(timeIntervalSince1970: 0))
        for text in ["today", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.5", "1970-01-01T00:00:00", ".5Z", ""] {
            #expect(JSONCoding.date(from: text) == nil, "\(text)")
        }
        let json = try JSONCoding.encoder.encode([
            "b": Date(timeIntervalSince1970: 1), "a": Date(timeIntervalSince1970: 2),
        ])
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"a":"1970-01-01T00:00:02.000Z","b":"1970-01-01T00:00:01.000Z"}"#)
        #expect(try JSONCoding.decoder.decode([String: Date].self, from: json)["a"] == Date(timeIntervalSince1970: 2))
    }

    @Test("A failure comes out of its problem document as it went in", arguments: Failure.Code.allCases)
    func problems(code: Failure.Code) throws {
        let failure = Failure(
            code, "The file x is wrong", hint: "Mend it.", cause: "no", findings: [Finding(file: "x", message: "bad")])
        let problem = Problem(failure)
        #expect(problem.status == failure.httpStatus && !problem.title.isEmpty)
        let json = try JSONCoding.encoder.encode(problem)
        #expect(try JSONCoding.decoder.decode(Problem.self, from: json).failure == failure)
    }

    @Test("A problem document needs no more than status, detail and code")
    func sparse() throws {
        let json = Data(#"{"status":404,"detail":"No app x","code":"not-found"}"#.utf8)
        #expect(try JSONCoding.decoder.decode(Problem.self, from: json).failure == Failure(.notFound, "No app x"))
    }
}
