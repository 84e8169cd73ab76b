import Model

/// Looks at a JSON text before anything is made of it.
enum JSONShape {
    /// Throws `.tooLarge` where objects and arrays lie in each other deeper, or hold more values, than the limits say.
    /// Whether it is JSON at all, the decoder tells.
    static func check(_ bytes: some Sequence<UInt8>, _ limits: RequestLimits) throws(Failure) {
        var (depth, values, isText, isEscaped) = (0, 1, false, false)
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): values += 1
            default: continue
            }
            if depth > limits.jsonDepth {
                throw Failure(.tooLarge, "The body's parts lie more than \(limits.jsonDepth) deep in each other")
            }
            if values > limits.jsonValues {
                throw Failure(.tooLarge, "The body has more than \(limits.jsonValues) values")
            }
        }
    }
}
