import Model
import Testing

@testable import StackFile

@Suite struct GoTemplateTests {
    /// The text that a template makes, or its error.
    private func render(_ text: String, _ values: [String: String] = [:]) -> String {
        var options = StackFileOptions(environment: values, allowUnset: true)
        options.release = TemplateRelease(stack: "shop", version: "2", previousVersion: "1", environment: "Prod")
        do {
            return try GoTemplate.render(.init(name: "a.tpl", text: text), TemplateValues(options))?.text ?? text
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        (#"{{if eq .Values.A "x"}}yes{{else}}no{{end}}"#, "yes"),
        (#"{{if ne .Values.A "x"}}1{{else if .Values.A}}2{{else}}3{{end}}"#, "2"),
        (#"{{if and (eq .Values.A "x") (ne .Values.B "x")}}both{{end}}"#, "both"),
        (#"{{if or .Values.None .Values.B}}{{.Values.B}}{{end}}"#, "y"),
        (#"{{if not .Values.None}}blank{{end}}"#, "blank"),
        (#"{{if (eq .Values.A "x") and .Values.None}}as before Go 1.11{{end}}"#, "as before Go 1.11"),
        (#"{{range $i, $e := atoi .Values.N | until}}{{$i}},{{end}}"#, "0,1,2,"),
        (#"{{range until 0}}x{{else}}none{{end}}"#, "none"),
        (#"{{range $e := splitPreserveQuotes .Values.LIST}}[{{$e}}]{{end}}"#, "[a][\"b c\"][d]"),
        (#"{{range list "a" "b"}}{{.}}{{end}}"#, "ab"),
        (#"{{range $i, $e := list 1 2 3}}{{if eq $e 2}}{{continue}}{{end}}{{$e}}{{end}}"#, "13"),
        (#"{{range list 1 2 3}}{{if gt . 1}}{{break}}{{end}}{{.}}{{end}}"#, "1"),
        (#"{{with .Values.B}}{{.}}{{end}}{{with .Values.None}}x{{else}}-{{end}}"#, "y-"),
        (#"{{$v := "image:1"}}{{$v}}{{$v = "image:2"}} {{$v}}"#, "image:1 image:2"),
        (#"{{.Stack.Name}} {{.Release.Version}} {{.Release.PreviousVersion}} {{.Environment.Name}}"#, "shop 2 1 Prod"),
        (#"{{printf "%.1s|%5s|%-3s|%03d|%q|%%" .Values.LIST "a" "b" 7 "c"}}{{.Values.A}}"#, #"a|    a|b  |007|"c"|%x"#),
        (#"{{.Values.A | upper | quote}}"#, #""X""#),
        (#"{{contains "b" .Values.LIST}} {{.Values.A}}"#, "true x"),
        (
            #"{{$x := 1}}{{default "d" .Values.None}}{{add 1 2}}{{join "-" (list 1 2)}}{{index (list "a" "b") 1}}"#,
            "d31-2b"
        ),
        (#"{{$.Values.A}}{{- "" }} {{/* a comment }} */}}"#, "x "),
        ("a\n  {{- if .Values.A}}\n  b\n  {{- end}}\nc\n", "a\n  b\nc\n"),
        ("{{- if .Values.A -}}\n b \n{{- end -}} \n c", "bc"),
        (#"{{if .Values.A}}{{.Node.Hostname}} {{service_name}}{{end}}"#, "{{.Node.Hostname}} {{service_name}}"),
        (#"{{`}}`}}{{if .Values.A}}{{"}}"}}{{end}}"#, "}}}}"),
        ("{{.Name}} {{.Node.ID}}", "{{.Name}} {{.Node.ID}}"),
        ("# notemplating\n{{if}}", "# notemplating\n{{if}}"),
    ])
    func renders(template: String, expected: String) {
        #expect(render(template, ["A": "x", "B": "y", "N": "3", "LIST": "a \"b c\" d"]) == expected)
    }

    @Test(arguments: [
        ("a\n {{if .Values.A}}", "a.tpl:2:2: error: template: \"if\" has no \"end\""),
        ("{{if .Values.A}}\n{{else}}\n{{else}}{{end}}", "a.tpl:3:1: error: template: \"else\" has no \"end\""),
        ("{{end}}", "a.tpl:1:1: error: template: \"end\" closes nothing"),
        ("{{if .Values.A", "a.tpl:1:1: error: template: \"{{\" is not closed"),
        (
            "{{if equ .Values.A \"x\"}}{{end}}",
            "a.tpl:1:1: error: template: the function \"equ\" is not known (did you mean \"eq\"?)"
        ),
        (
            "{{if eq .Values.A 1}}{{end}}",
            "a.tpl:1:1: error: template: eq can't compare a text with a number (values of questions are texts: write \"1\", \"true\")"
        ),
        ("{{if .Values.A.B}}{{end}}", "a.tpl:1:1: error: template: a text has no field \"B\""),
        ("{{$x}}", "a.tpl:1:1: error: template: there is no variable $x"),
        (
            "{{define \"a\"}}{{end}}",
            "a.tpl:1:1: error: template: \"define\" is not evaluated (write what it stands for in its place)"
        ),
        ("{{range .Values.A}}{{end}}", "a.tpl:1:1: error: template: range can't go through a text"),
        ("{{if}}{{end}}", "a.tpl:1:1: error: template: an expression is missing"),
        ("{{range until 99999}}{{end}}", "a.tpl:1:1: error: template: until 99999 is too much, or too little"),
    ])
    func saysWhatIsWrong(template: String, expected: String) { #expect(render(template, ["A": "x"]) == expected) }

    @Test func endsWhateverIsAsked() {
        let loops = String(repeating: "{{range until 10000}}", count: 4) + "x" + String(repeating: "{{end}}", count: 4)
        #expect(render(loops).contains("makes more than any stack file is"))
        let deep = String(repeating: "{{if true}}", count: 5000)
        #expect(render(deep).contains("nested more than"))
        let brackets = "{{if \(String(repeating: "(", count: 5000))"
        #expect(render(brackets + "}}").contains("nested more than"))
    }

    /// Findings name the template's lines, not those that it made.
    @Test func placesAreTheTemplates() {
        let text = """
            web:
              image: x
              {{- range $i := until 3}}
              {{- end}}
              {{- if eq .Values.A "x"}}
              enviroment: [A=1]
              {{- end}}
              ports: [eighty]
            """
        let failure = #expect(throws: Failure.self) {
            try StackFiles.load([.init(name: "a.yml.tpl", text: text)], .init(environment: ["A": "x"]))
        }
        #expect(failure?.findings.map(\.line) == [6, 8])
        #expect(failure?.findings.map(\.column) == [3, 11])
    }

    /// What a template leaves out of the compose file, the rancher-compose file may still name.
    @Test func whatATemplateLeavesOutIsSaid() throws {
        let sources = [
            StackFileSource(
                name: "docker-compose.yml.tpl",
                text: "web: {image: x}\n{{- if eq .Values.LB \"true\"}}\nlb: {image: y}\n{{- end}}\n"),
            StackFileSource(name: "rancher-compose.yml", text: "web: {scale: 2}\nlb: {scale: 1}"),
        ]
        let without = try StackFiles.load(sources, .init(environment: ["LB": "false"]))
        #expect(without.spec.services.map(\.name) == ["web"])
        #expect(
            without.warnings.map(\.description) == [
                "rancher-compose.yml:2:1: warning: service \"lb\" is in no compose file: what it says here is not used"
            ])
        #expect(try StackFiles.load(sources, .init(environment: ["LB": "true"])).spec["lb"]?.image == "y")
    }
}
