import Model
import Testing

@testable import StackFile

/// Whole documents: values are interpolated, keys are not.
@Suite struct DocumentTests {
    /// compose-go's and Rancher's rows, JSON as it stands in the cases.
    @Test(
        .enabled(if: Cases.areThere),
        arguments: [
            ("interpolation-documents", "cases", 5), ("interpolation-rancher-cli-0.6", "documents", 5),
        ])
    func followTheCases(file: String, list: String, count: Int) throws {
        let rows = try Cases.tree("compose/\(file).json")[list]?.sequence ?? []
        #expect(rows.count == count)
        for row in rows {
            var options = StackFileOptions(allowUnset: true)
            for pair in row["env"]?.mapping ?? [] { options.environment[pair.key] = pair.value.text }
            var interpolation = Interpolation(subject: "document", options: options)
            let result = interpolation.replace(try #require(row["input"]), path: "")
            if let expected = row["expect"] {
                #expect(result.plainText == expected.plainText, "\(row.json)")
                #expect(!interpolation.diagnostics.hasErrors)
            } else {
                // Our words are others than theirs; what they name, we name.
                let error = try #require(interpolation.diagnostics.findings.first, "\(row.json)")
                let said = row["error"]?.text ?? ""
                let named = try #require(said.firstMatch(of: #/key \"(\w+)\"|for ([\w.]+)\.|interpolating ([\w.]+):/#))
                let path = (named.1 ?? named.2 ?? named.3).map(String.init) ?? ""
                #expect(error.message.contains(path), "\(error) \(path)")
            }
        }
    }

    @Test(.enabled(if: Cases.areThere)) func variablesFollowComposeGo() throws {
        let rows = try Cases.tree("compose/interpolation-extract-variables.json")["cases"]?.sequence ?? []
        #expect(rows.count == 18)
        for row in rows {
            var expected: [String: TemplateVariable] = [:]
            for pair in row["expect"]?.mapping ?? [] {
                var variable = TemplateVariable(name: pair.key)
                variable.defaultValue = pair.value["default"]?.text
                variable.presenceValue = pair.value["presence"]?.text
                variable.isRequired = pair.value["required"]?.bool ?? false
                expected[pair.key] = variable
            }
            let found = try #require(row["input"]).variables
            #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) }) == expected, "\(row.json)")
        }
    }

    @Test func variablesOfATextAreThoseOfItsWordsToo() {
        let found = Template.variables(in: "$A ${B:-$C} ${D:?no} $$E ${F:+${G}} ${")
        #expect(found.map(\.name) == ["A", "B", "C", "D", "F", "G"])
        #expect(found[1].defaultValue == "$C" && found[3].isRequired && found[4].presenceValue == "${G}")
    }

    /// What a blank variable leaves of an item is no error: it is left out, and said.
    @Test func blankItemsAreLeftOut() throws {
        var options = StackFileOptions(environment: ["BLANK": ""])
        options.answers = ["ADDRESS": ""]
        let result = try StackFiles.load(
            [
                .init(
                    name: "a.yml",
                    text: """
                        a:
                          image: x
                          volumes: ['${BLANK}:/data', '/x:/y']
                          ports: ['${BLANK}:80']
                          dns: ['$BLANK', 1.1.1.1]
                          links: ['${BLANK}:db']
                          extra_hosts: ['db:${ADDRESS}']
                          command: [a, '${BLANK}']
                        """)
            ], options)
        let spec = try #require(result.spec["a"])
        #expect(spec.volumes == [.init(source: nil, target: "/data"), .init(source: "/x", target: "/y")])
        #expect(spec.ports == [.init(hostPort: nil, containerPort: 80)])
        #expect(spec.dns == ["1.1.1.1"] && spec.links.isEmpty && spec.extraHosts.isEmpty)
        #expect(spec.command == ["a", ""])
        #expect(result.warnings.map(\.line) == [3, 5, 6, 7])
        #expect(throws: Failure.self) {
            try StackFiles.load([.init(name: "a.yml", text: "a: {image: x, volumes: [':/a']}")])
        }
    }
}

extension YAMLNode {
    /// The JSON with every scalar as text.
    fileprivate var plainText: String {
        switch content {
        case .scalar(let text, _): "\"\(text)\""
        case .sequence(let items): "[\(items.map(\.plainText).joined(separator: ","))]"
        case .mapping(let pairs):
            "{\(pairs.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.plainText)" }.joined(separator: ","))}"
        }
    }
}
