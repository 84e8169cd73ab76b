public import Model

/// How files are read.
public struct StackFileOptions: Sendable {
    /// Values for `${…}` and for `environment:` keys without a value.
    public var environment: [String: String]
    /// Values that are given for these files alone, and win over the defaults of a catalog's questions, which win over
    /// ``environment``.
    public var answers: [String: String] = [:]
    /// Whether a variable that is not set is blank instead of an error.
    public var allowUnset: Bool
    /// What a person can do about a variable that is not set.
    public var unsetHint = "set it, or pass --allow-unset"
    /// What the files are to run on, which then has a say; nil: nobody is asked.
    public var engine: EngineKind?
    /// compose's profiles that are asked for; a service that has profiles, and none of these, is left out.
    public var profiles: Set<String>
    /// What templates see as `.Stack`, `.Release` and `.Environment`.
    public var release = TemplateRelease()
    /// Reads a file that another one names (`env_file`, `extends`, `include`, `.env`): its path is relative to where the
    /// compose files' names are relative to. Nil where none can be read.
    public var readFile: (@Sendable (String) -> String?)?
    /// Whether files that name no service are no error: who removes services may leave none.
    public var allowsNoService = false
    /// Questions without an answer.
    var questions: Set<String> = []

    public init(
        environment: [String: String] = [:], allowUnset: Bool = false,
        readFile: (@Sendable (String) -> String?)? = nil
    ) {
        self.environment = environment
        self.allowUnset = allowUnset
        self.readFile = readFile
        profiles = Set((environment["COMPOSE_PROFILES"] ?? "").split(separator: ",").map(String.init))
    }

    /// How to mend that the variable `name` is not set.
    func unsetHint(of name: String) -> String {
        questions.contains(name) ? "the catalog asks for it: answer it in a file for --answers" : unsetHint
    }
}

/// What is known of the stack that a template is rendered for.
public struct TemplateRelease: Hashable, Sendable {
    public var stack: String
    public var version: String
    public var previousVersion: String
    public var environment: String

    public init(stack: String = "", version: String = "", previousVersion: String = "", environment: String = "") {
        self.stack = stack
        self.version = version
        self.previousVersion = previousVersion
        self.environment = environment
    }
}
