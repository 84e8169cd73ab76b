import Model
import Stacks

/// The rules of a load balancer in the order in which they are asked, and what each leads to.
struct BalancerTable: Sendable {
    var environment: Model.Environment
    var rows: [BalancerRow]

    var html: HTML {
        """
        <table class="table containers"><thead><tr><th>Port</th><th>Host name</th><th>Path</th><th>Leads to</th></tr></thead>
        <tbody>\(rows.map(row))</tbody></table>
        """
    }

    private func row(_ row: BalancerRow) -> HTML {
        let port = row.hostAddress.map { "\($0):\(row.hostPort)" } ?? "\(row.hostPort)"
        let all: HTML = "<span class=\"muted\">any</span>"
        let answer = row.mode.hasPrefix("http") ? "answers 503" : "closes the connection"
        let none: HTML = "<span class=\"t-bad\">\(Icon.alert) no such service: it \(answer)</span>"
        let targets = row.targets.isEmpty ? none : row.targets.map { target($0, row) }.joined(by: "<br>")
        return """
            <tr><td class="name"><code>\(port)</code><span class="sub">\(row.mode)</span></td>\
            <td data-label="Host name">\(row.hostname.map { "<code>\($0)</code>" as HTML } ?? all)</td>\
            <td data-label="Path">\(row.path.map { "<code>\($0)</code>" as HTML } ?? all)</td>\
            <td data-label="Leads to">\(targets)</td></tr>

            """
    }

    private func target(_ target: BalancerRow.Target, _ row: BalancerRow) -> HTML {
        let place = ServicePlace(environment: environment, stack: target.stack, service: target.service)
        let share: HTML? = row.targets.count > 1 || target.weight != 1 ? ", weight \(target.weight)" : nil
        let state: HTML =
            if !target.outside.isEmpty {
                "outside: \(target.outside.joined(separator: ", "))"
            } else if target.serving == 0 {
                "<span class=\"t-bad\">nothing serves</span>"
            } else { "\(target.serving) serving" }
        return """
            <a href="\(place.path)">\(target.stack)/\(target.service)</a> <span class="muted">port \(target.port)\(share), \
            </span>\(state)
            """
    }
}
