import Foundation
import Model

/// Decodes a type out of nothing and notes what it asks for. So its schema is what the type itself reads, which is what
/// it writes: nobody keeps a list that could lie.
struct SchemaProbe: Decoder {
    /// What is noted so far. Only one probe at a time writes it.
    final class Notes {
        var schema = JSONSchema(.object)
    }

    let notes: Notes
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        notes.schema.kind = .object
        return KeyedDecodingContainer(Keyed<Key>(notes: notes))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(notes: notes) }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "reads a list by itself"))
    }

    /// Types that are being probed, from the outermost on.
    @TaskLocal private static var open: [ObjectIdentifier] = []

    /// Whether a type is found within itself for the second time: what is in it is known by then.
    static func isKnown(_ type: Any.Type) -> Bool { open.count { $0 == ObjectIdentifier(type) } > 1 }

    /// The schema of a type, and a value of it that stands for nothing.
    static func probe<T: Decodable>(_ type: T.Type) throws -> (schema: JSONSchema, example: T) {
        if let described = T.self as? any SchemaDescribed.Type, let pair = try described.pair() as? (JSONSchema, T) {
            return pair
        }
        if let listed = T.self as? any CaseIterable.Type, let pair: (JSONSchema, T) = texts(of: listed) { return pair }
        let notes = Notes()
        let example = try $open.withValue(open + [ObjectIdentifier(T.self)]) {
            try T(from: SchemaProbe(notes: notes))
        }
        notes.schema.name = componentName(of: T.self)
        return (notes.schema, example)
    }

    private static func texts<T>(of type: any CaseIterable.Type) -> (JSONSchema, T)? {
        func texts<C: CaseIterable>(_ type: C.Type) -> (JSONSchema, T)? {
            let values = C.allCases.compactMap { ($0 as? any RawRepresentable<String>)?.rawValue }
            guard values.count == C.allCases.count, let first = C.allCases.first as? T else { return nil }
            var schema = JSONSchema.text
            schema.values = values
            return (schema, first)
        }
        return texts(type)
    }

    /// `Rollout.Entry`; nil for what is private or generic, which is described in place.
    private static func componentName(of type: Any.Type) -> String? {
        let name = String(reflecting: type).split(separator: ".").dropFirst().drop { $0 == "API" }.joined(
            separator: ".")
        return name.wholeMatch(of: /[A-Za-z.]+/) == nil ? nil : name
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let notes: Notes
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }

        /// Asked only of what may be absent, before it is decoded.
        func decodeNil(forKey key: Key) throws -> Bool {
            notes.schema.properties[key.stringValue] = .text
            return false
        }

        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            if notes.schema.properties[key.stringValue] == nil { notes.schema.required.insert(key.stringValue) }
            let (schema, example) = try SchemaProbe.probe(type)
            notes.schema.properties[key.stringValue] = schema
            return example
        }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> {
            throw DecodingError.dataCorrupted(.init(codingPath: [key], debugDescription: "is a part without a type"))
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw DecodingError.dataCorrupted(.init(codingPath: [key], debugDescription: "is a list without a type"))
        }

        func superDecoder() throws -> any Decoder { SchemaProbe(notes: notes) }
        func superDecoder(forKey key: Key) throws -> any Decoder { SchemaProbe(notes: notes) }
    }

    private struct Single: SingleValueDecodingContainer {
        let notes: Notes
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }

        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            let (schema, example) = try SchemaProbe.probe(type)
            notes.schema = schema
            return example
        }
    }
}

extension JSONSchema {
    /// What the JSON of a type looks like, as the type itself reads it.
    static func of<T: Decodable>(_ type: T.Type) -> JSONSchema {
        do {
            return try SchemaProbe.probe(type).schema
        } catch {
            var schema = JSONSchema(.object)
            schema.defect = "\(type): \(error)"
            return schema
        }
    }
}

/// A type whose schema can't be found by asking it: the leaves.
protocol SchemaDescribed: Decodable {
    /// Its schema, and a value that stands for nothing.
    static func described() throws -> (JSONSchema, Self)
}

extension SchemaDescribed {
    static func pair() throws -> Any { try described() }
}

extension Bool: SchemaDescribed {
    static func described() -> (JSONSchema, Bool) { (.flag, false) }
}

extension String: SchemaDescribed {
    static func described() -> (JSONSchema, String) { (.text, "") }
}

extension Int: SchemaDescribed {
    static func described() -> (JSONSchema, Int) { (JSONSchema(.integer, format: "int64"), 0) }
}

extension Int64: SchemaDescribed {
    static func described() -> (JSONSchema, Int64) { (JSONSchema(.integer, format: "int64"), 0) }
}

extension Int32: SchemaDescribed {
    static func described() -> (JSONSchema, Int32) { (JSONSchema(.integer, format: "int32"), 0) }
}

extension Double: SchemaDescribed {
    static func described() -> (JSONSchema, Double) { (JSONSchema(.number, format: "double"), 0) }
}

extension Date: SchemaDescribed {
    static func described() -> (JSONSchema, Date) { (JSONSchema(.string, format: "date-time"), Date()) }
}

extension SHA: SchemaDescribed {
    static func described() throws -> (JSONSchema, SHA) {
        (JSONSchema(.string, pattern: "[0-9a-fA-F]{40}"), try example(String(repeating: "0", count: 40), SHA.init))
    }
}

extension Digest: SchemaDescribed {
    static func described() throws -> (JSONSchema, Digest) {
        let text = "sha256:" + String(repeating: "0", count: 64)
        return (JSONSchema(.string, pattern: "sha256:[0-9a-f]{64}"), try example(text, Digest.init))
    }
}

extension Array: SchemaDescribed where Element: Decodable {
    static func described() throws -> (JSONSchema, [Element]) {
        if SchemaProbe.isKnown(Element.self) { return (JSONSchema(.array), []) }
        return (.list(of: try SchemaProbe.probe(Element.self).schema), [])
    }
}

extension Dictionary: SchemaDescribed where Key == String, Value: Decodable {
    static func described() throws -> (JSONSchema, [String: Value]) {
        (.map(of: try SchemaProbe.probe(Value.self).schema), [:])
    }
}

private func example<T>(_ text: String, _ make: (String) -> T?) throws -> T {
    guard let value = make(text) else { throw Failure(.internal, "\(text) is no example of \(T.self)") }
    return value
}
