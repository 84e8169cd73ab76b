import Model
import StackFile
import Testing

@Suite struct QuestionsTests {
    private static let rancher = """
        .catalog:
          name: Shop
          version: v2
          minimun_rancher_version: v1.0.0
          questions:
          - {variable: PORT, label: Port, type: int, required: true, default: 8080, min: 1, max: 65535}
          - {variable: MODE, type: enum, options: [small, large], default: small}
          - {variable: TAG, type: string, required: true}
          - {variable: NOTE, type: string}
        web: {scale: 2}
        """
    private static let compose =
        "web: {image: 'x:${TAG}', ports: ['${PORT}:80'], environment: {MODE: '${MODE}', NOTE: '${NOTE}'}}"

    private func load(answers: [String: String], environment: [String: String] = [:]) throws -> StackFileResult {
        var options = StackFileOptions(environment: environment)
        options.answers = answers
        return try StackFiles.load(
            [
                .init(name: "docker-compose.yml", text: Self.compose),
                .init(name: "rancher-compose.yml", text: Self.rancher),
            ], options)
    }

    @Test func answersWinOverDefaultsAndThoseOverTheEnvironment() throws {
        let result = try load(answers: ["MODE": "large"], environment: ["TAG": "1", "PORT": "99", "MODE": "none"])
        let web = try #require(result.spec["web"])
        #expect(web.image == "x:1" && web.ports == [.init(hostPort: 8080, containerPort: 80)])
        #expect(web.environment == ["MODE": "large", "NOTE": ""])
        #expect(result.catalog?.questions.map(\.variable) == ["PORT", "MODE", "TAG", "NOTE"])
        #expect(
            result.warnings.map(\.description) == [
                "rancher-compose.yml:4:3: warning: unknown key \"minimun_rancher_version\" in the catalog "
                    + "(did you mean \"minimum_rancher_version\"?)"
            ])
    }

    @Test func whatIsAskedForAndNotAnsweredIsAnError() {
        let failure = #expect(throws: Failure.self) { try load(answers: [:]) }
        #expect(
            failure?.message == "docker-compose.yml:1:14: error: service \"web\": image: the variable TAG is not set "
                + "(the catalog asks for it: answer it in a file for --answers)")
    }

    @Test(arguments: [
        (["PORT": "many"], 6, "is no whole number"), (["PORT": "0"], 6, "is less than 1"),
        (["MODE": "huge"], 7, "must be one of small, large"), (["TAG": ""], 8, "it is required"),
    ])
    func answersAreHeldToTheirQuestions(answers: [String: String], line: Int, expected: String) {
        let failure = #expect(throws: Failure.self) {
            try load(answers: answers.merging(["TAG": "1"]) { given, _ in given })
        }
        let finding = failure?.findings.first { $0.file == "rancher-compose.yml" && $0.severity == .error }
        #expect(finding?.line == line && finding?.message.contains(expected) == true, "\(failure?.findings ?? [])")
    }

    @Test func charactersAndLengths() {
        var question = Question(variable: "A")
        (question.minLength, question.maxLength) = (2, 4)
        (question.validCharacters, question.invalidCharacters) = ("abcd", "d")
        #expect(question.objection(to: "abc") == nil && question.objection(to: "") == nil)
        for wrong in ["a", "abcab", "abx", "abd"] { #expect(question.objection(to: wrong) != nil, "\(wrong)") }
        #expect(Question(variable: "B", type: "boolean").objection(to: "maybe") != nil)
    }
}
