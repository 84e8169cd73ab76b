internal import Model
internal import StackFile

/// Reads lists of steps: `slipway.yml`'s own, and Shipit's for deploys.
struct StepReader {
    private static let keys = [
        "name", "command", "shell", "environment", "when", "no_output_timeout", "working_directory", "background",
    ]

    var values: ValueReader
    /// Seconds without output, where a step says nothing.
    let inactivityTimeout: Int

    /// Steps of a test: a text, `run:` as CircleCI has it, or a mapping with `command`.
    mutating func steps(_ node: YAMLNode?, _ name: String) -> [StepPlan] {
        list(node, name).compactMap { item in
            if item.text != nil { return plain(item, name) }
            guard let pairs = item.mapping else {
                values.diagnostics.error(item.place, "a step of \(name) must be a command, not \(item.kind)")
                return nil
            }
            if pairs.count == 1, let run = item["run"] {
                return run.mapping == nil ? plain(run, name) : step(run, name)
            }
            return step(item, name)
        }
    }

    /// Steps of a deploy: a text, Shipit's `command: {timeout: N}`, or as in a test.
    mutating func deploySteps(_ node: YAMLNode?, _ name: String) -> [StepPlan] {
        list(node, name).compactMap { item in
            guard let pairs = item.mapping, pairs.count == 1, let pair = pairs.first, pair.key != "run",
                !Self.keys.contains(pair.key)
            else { return steps(YAMLNode(.sequence([item]), at: item.place), name).first }
            guard let options = pair.value.mapping, options.allSatisfy({ $0.key == "timeout" }) else {
                values.diagnostics.error(
                    pair.keyPlace, "a step of \(name) is a mapping: \"\(pair.key)\"",
                    hint: "a command that holds \": \" needs quotes; options are written as \"command: {timeout: 300}\""
                )
                return nil
            }
            let timeout = values.seconds(pair.value["timeout"], "timeout") ?? inactivityTimeout
            return StepPlan(command: pair.key, inactivityTimeout: timeout)
        }
    }

    private mutating func list(_ node: YAMLNode?, _ name: String) -> [YAMLNode] {
        guard let node else { return [] }
        if let items = node.sequence { return items }
        if node.text != nil { return [node] }
        values.diagnostics.error(node.place, "\(name) must be a list of commands, not \(node.kind)")
        return []
    }

    private mutating func plain(_ node: YAMLNode, _ name: String) -> StepPlan? {
        guard let command = values.string(node, "a step of \(name)") else { return nil }
        return StepPlan(command: command, inactivityTimeout: inactivityTimeout)
    }

    private mutating func step(_ node: YAMLNode, _ name: String) -> StepPlan? {
        guard let map = values.mapping(node, "a step of \(name)", known: Self.keys) else { return nil }
        guard let commandNode = map["command"] else {
            values.diagnostics.error(node.place, "a step of \(name) has no command")
            return nil
        }
        guard let command = values.string(commandNode, "command") else { return nil }
        var step = StepPlan(
            name: values.string(map["name"], "name"), command: command, shell: values.string(map["shell"], "shell"),
            environment: values.environment(map["environment"], "environment"),
            workingDirectory: values.path(map["working_directory"], "working_directory"),
            inactivityTimeout: values.seconds(map["no_output_timeout"], "no_output_timeout") ?? inactivityTimeout,
            background: values.bool(map["background"], "background") ?? false)
        if let when = map["when"] {
            if let condition = when.text.flatMap(Step.Condition.init(rawValue:)) {
                step.condition = condition
            } else {
                values.diagnostics.error(
                    when.place, "when is \(when.kind)",
                    hint: Suggestion.hint(for: when.text ?? "", in: Step.Condition.allCases.map(\.rawValue)))
            }
        }
        return step
    }
}
