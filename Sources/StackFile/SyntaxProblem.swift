/// What is wrong with a value in a short syntax; the reader adds where it stands.
struct SyntaxProblem: Error, Hashable {
    let message: String
    let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
