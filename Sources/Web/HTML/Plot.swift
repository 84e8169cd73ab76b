import Foundation
import Stacks

/// Small plots of what containers used, drawn in SVG: a line a container over the last hour.
struct Plot: Sendable {
    struct Line: Sendable {
        /// Which container, for its colour: 1 to the scale.
        var slot: Int
        var points: [(at: Date, value: Double)]
    }

    var lines: [Line]
    /// The right edge.
    var now: Date
    /// What the top stands for at least, so that a quiet service is not drawn as a busy one.
    var atLeast: Double
    /// How a value is said: "0.12 CPU", "84 MB".
    var say: @Sendable (Double) -> String

    private static let (width, height) = (240.0, 64.0)

    /// The newest value of all lines together; nil where nothing was measured yet.
    var sum: Double? {
        let values = lines.compactMap { $0.points.last?.value }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// The first moment that is drawn: at most an hour ago, and no earlier than there is something.
    private var start: Date {
        let first = lines.compactMap { $0.points.first?.at }.min() ?? now
        return min(max(first, now.addingTimeInterval(-3600)), now.addingTimeInterval(-300))
    }

    /// A round number that all values stay below.
    var top: Double {
        let most = max(lines.flatMap(\.points).map(\.value).max() ?? 0, atLeast)
        let power = pow(10, floor(log10(max(most, 1e-9))))
        return ([1, 2, 5, 10].first { $0 * power >= most } ?? 10) * power
    }

    /// A plot with its title, the value of now, and what its edges stand for.
    func figure(_ title: String) -> HTML {
        guard let sum else {
            return """
                <figure class="plot"><figcaption><b>\(title)</b></figcaption><div class="none">\
                Measured from now on: it takes two looks, ten seconds apart.</div></figure>

                """
        }
        let span = Words.duration(now.timeIntervalSince(start))
        return """
            <figure class="plot"><figcaption><b>\(title)</b><span>\(say(sum))</span></figcaption>
            \(drawing("\(title): \(say(sum)) now, at most \(say(highest)) in \(span)"))
            <div class="axis"><span>\(span) ago</span><span>top: \(say(top))</span><span>now</span></div></figure>

            """
    }

    /// A plot as small as a word.
    func spark(_ title: String) -> HTML? {
        guard let sum else { return nil }
        return "<span class=\"spark\">\(drawing("\(title): \(say(sum))"))<span>\(say(sum))</span></span>"
    }

    private var highest: Double { lines.flatMap(\.points).map(\.value).max() ?? 0 }

    private func drawing(_ label: String) -> HTML {
        let shapes = lines.filter { $0.points.count > 1 }.map(shape)
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" preserveAspectRatio="none" role="img" aria-label="\(label)">\
            <path class="grid" d="M0 \(Int(Self.height / 2))H\(Int(Self.width))"/>\(shapes)</svg>
            """
    }

    private func shape(_ line: Line) -> HTML {
        let span = max(1, now.timeIntervalSince(start))
        let spots = line.points.filter { $0.at >= start }.map { point -> (String, String) in
            let x = Self.width * point.at.timeIntervalSince(start) / span
            let y = Self.height - 1 - (Self.height - 3) * min(1, point.value / top)
            return (Self.number(x), Self.number(y))
        }
        guard let first = spots.first, let last = spots.last else { return .empty }
        let path = "M" + spots.map { "\($0.0) \($0.1)" }.joined(separator: "L")
        let colour = "p\((max(1, line.slot) - 1) % 8)"
        return """
            <path class="area \(colour)" d="\(path)L\(last.0) \(Int(Self.height))L\(first.0) \(Int(Self.height))Z"/>\
            <path class="line \(colour)" d="\(path)"/>
            """
    }

    private static func number(_ value: Double) -> String {
        let text = String((value * 10).rounded() / 10)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Plot {
    /// How many processors the containers keep busy.
    static func processors(_ containers: [ContainerView], _ usage: [String: UsageHistory], now: Date) -> Plot {
        Plot(lines: lines(containers, usage, \.processors), now: now, atLeast: 0.05) {
            "\(Words.decimal($0)) CPU"
        }
    }

    static func memory(_ containers: [ContainerView], _ usage: [String: UsageHistory], now: Date) -> Plot {
        Plot(lines: lines(containers, usage) { Double($0.memory) }, now: now, atLeast: 20_000_000) {
            Words.bytes(Int($0))
        }
    }

    private static func lines(
        _ containers: [ContainerView], _ usage: [String: UsageHistory], _ value: (UsageSample) -> Double
    ) -> [Line] {
        containers.compactMap { container in
            guard let history = usage[container.id], !history.samples.isEmpty else { return nil }
            return Line(slot: container.slot, points: history.samples.map { ($0.at, value($0)) })
        }
    }
}
