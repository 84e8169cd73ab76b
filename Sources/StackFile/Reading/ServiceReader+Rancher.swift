internal import Model

/// Keys of rancher-compose.
extension ServiceReader {
    mutating func readHealthCheck(_ node: YAMLNode) {
        guard node.mapping != nil else {
            return error(node.place, "health_check must be a mapping, not \(node.kind)")
        }
        checkKeys(
            node, "health_check",
            known: [
                "port", "request_line", "interval", "response_timeout", "healthy_threshold", "unhealthy_threshold",
                "initializing_timeout", "reinitializing_timeout", "strategy", "recreate_on_quorum_strategy_config",
                "name",
            ])
        guard let portNode = node["port"], !portNode.isNull else {
            return error(node.place, "health_check has no port", hint: "the port inside the container")
        }
        guard let port = int(portNode, "health_check.port", 1...65535) else { return }
        var check = HealthCheck(port: port, requestLine: requestLine(node))
        number(node, "interval", 1...86_400_000) { check.interval = $0 }
        number(node, "response_timeout", 1...86_400_000) { check.responseTimeout = $0 }
        number(node, "healthy_threshold", 1...1000) { check.healthyThreshold = $0 }
        number(node, "unhealthy_threshold", 1...1000) { check.unhealthyThreshold = $0 }
        number(node, "initializing_timeout", 1...86_400_000) { check.initializingTimeout = $0 }
        number(node, "reinitializing_timeout", 1...86_400_000) { check.reinitializingTimeout = $0 }
        if let strategy = node["strategy"], !strategy.isNull, strategy.text != "" {
            if let known = strategy.text.flatMap(HealthCheck.Strategy.init(rawValue:)) {
                check.strategy = known
            } else {
                error(
                    strategy.place, "health_check.strategy is \(strategy.kind)",
                    hint: Suggestion.hint(for: strategy.text ?? "", in: ["recreate", "recreateOnQuorum", "none"]))
            }
        }
        if let quorum = node["recreate_on_quorum_strategy_config"], !quorum.isNull {
            checkKeys(quorum, "recreate_on_quorum_strategy_config", known: ["quorum"])
            number(quorum, "quorum", 1...1000) { check.quorum = $0 }
        }
        spec.healthCheck = check
    }

    /// `GET /health "HTTP/1.0"` without the quotes that HAProxy wanted; nil for a TCP connect.
    private mutating func requestLine(_ node: YAMLNode) -> String? {
        guard let line = node["request_line"], !line.isNull else { return nil }
        guard let text = string(line, "health_check.request_line") else { return nil }
        let words = text.filter { $0 != "\"" }.split(separator: " ", maxSplits: 2)
        if text.hasPrefix("/"), words.count == 1 {
            warn(line.place, "health_check.request_line is read as GET \(text) HTTP/1.0")
            return "GET \(text) HTTP/1.0"
        }
        guard let method = words.first else { return nil }
        guard words.count > 1, words[1].hasPrefix("/"), method.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
            error(
                line.place, "health_check.request_line is \(line.kind)", hint: "as in GET /health HTTP/1.0")
            return nil
        }
        return words.joined(separator: " ")
    }

    mutating func readUpgradeStrategy(_ node: YAMLNode) {
        guard node.mapping != nil else {
            return error(node.place, "upgrade_strategy must be a mapping, not \(node.kind)")
        }
        checkKeys(node, "upgrade_strategy", known: ["batch_size", "interval_millis", "start_first"])
        var strategy = UpgradeStrategy()
        number(node, "batch_size", 1...1000) { strategy.batchSize = $0 }
        number(node, "interval_millis", 0...86_400_000) { strategy.interval = $0 }
        if let first = node["start_first"], !first.isNull { strategy.startFirst = bool(first, "start_first") }
        spec.startFirst = strategy.startFirst
        upgradeStrategy = strategy
    }

    private mutating func number(
        _ node: YAMLNode, _ key: String, _ range: ClosedRange<Int>, _ store: (Int) -> Void
    ) {
        guard let value = node[key], !value.isNull, value.text != "" else { return }
        if let number = int(value, key, range) { store(number) }
    }
}
