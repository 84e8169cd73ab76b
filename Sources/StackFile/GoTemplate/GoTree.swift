/// A template, parsed.
indirect enum GoNode: Sendable {
    /// Text as it is; the line that it begins in.
    case text(String, line: Int)
    case output(GoPipeline)
    /// `if` and `else if` in order, then what `else` has.
    case branch([(condition: GoPipeline, body: [GoNode])], otherwise: [GoNode])
    case with(GoPipeline, body: [GoNode], otherwise: [GoNode])
    case loop(GoPipeline, body: [GoNode], otherwise: [GoNode])
    case leave
    case next
}

/// `$a, $b := x | f y`.
struct GoPipeline: Sendable {
    /// Variables that take the value; two for the index and the item of `range`.
    var variables: [String] = []
    /// `:=` makes new variables, `=` changes those that there are.
    var isDeclaration = false
    var commands: [[GoOperand]] = []
    var place: Place
    /// How it is written, braces included.
    var source: String
}

/// A word of a command.
indirect enum GoOperand: Sendable {
    case value(GoValue)
    /// `.A.B`; empty for the dot alone.
    case field([String])
    /// `$x.A`.
    case variable(String, [String])
    case function(String)
    case pipeline(GoPipeline, [String])
}
