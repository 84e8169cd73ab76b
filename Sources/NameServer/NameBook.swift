/// What names mean to the containers of one environment: whom a name leads to is those that are fit to take calls, and may
/// depend on who asks.
///
/// Who asks is told by the domain that its resolver searches, `SERVICE.STACK.slipway`: a container of `api` in the stack
/// `shop` that looks up `db` asks for `db.api.shop.slipway`.
public struct NameBook: Hashable, Sendable {
    /// The last part of every name that is asked for here.
    public static let domain = "slipway"

    /// Where one container is found.
    public struct Place: Hashable, Sendable {
        /// In the network of its stack.
        public var near: IPv4Address?
        /// In the network that all stacks of the environment share; nil where it isn't in it.
        public var far: IPv4Address?

        public init(near: IPv4Address?, far: IPv4Address? = nil) {
            self.near = near
            self.far = far
        }
    }

    /// A service of a stack.
    public struct Service: Hashable, Sendable, Comparable, CustomStringConvertible {
        public var stack: String
        public var name: String

        public init(_ name: String, in stack: String) {
            self.name = name
            self.stack = stack
        }

        /// `name.stack`, as it is called from everywhere.
        public var description: String { "\(name).\(stack)" }

        public static func < (one: Service, other: Service) -> Bool {
            (one.stack, one.name) < (other.stack, other.name)
        }
    }

    /// What is said to a question.
    public enum Answer: Hashable, Sendable {
        case addresses([IPv4Address])
        /// No such name, as far as is known here: the engine may know it.
        case unknown
        /// The name isn't one of ours.
        case foreign
    }

    /// The fit containers of each service; one without any isn't in it, so that the engine's own names hold.
    public var places: [Service: [Place]] = [:]
    /// Services that mean others.
    public var groups: [Service: [Service]] = [:]
    /// Names that a service alone has for others.
    public var links: [Service: [String: [Service]]] = [:]

    public init() {}

    /// Answers a question for a name, its parts in small letters.
    public func find(_ name: [String]) -> Answer {
        guard name.last == Self.domain else { return .foreign }
        guard name.count >= 4 else { return .unknown }
        let asker = Service(name[name.count - 3], in: name[name.count - 2])
        let words = name.dropLast(3)
        let called = words.joined(separator: ".")
        var meant = links[asker]?[called] ?? []
        if meant.isEmpty { meant = expand(Service(called, in: asker.stack)) }
        if meant.isEmpty, words.count > 1, let stack = words.last {
            meant = expand(Service(words.dropLast().joined(separator: "."), in: stack))
        }
        let addresses = meant.flatMap { service in
            (places[service] ?? []).compactMap { service.stack == asker.stack ? $0.near : $0.far }
        }
        return addresses.isEmpty ? .unknown : .addresses(addresses)
    }

    private func expand(_ service: Service) -> [Service] {
        groups[service] ?? (places[service] == nil ? [] : [service])
    }
}

// MARK: - As a file

extension NameBook {
    private static let head = "# What names mean here. Slipway writes this, and slipway-agent reads it.\n"

    /// One line for each fact, in an order of its own; names are in small letters.
    public var text: String {
        var lines: [String] = []
        for (service, places) in places.sorted(by: { $0.key < $1.key }) {
            let words = places.map { "\($0.near?.description ?? "-"),\($0.far?.description ?? "-")" }
            lines.append((["places", service.stack, service.name] + words).joined(separator: " "))
        }
        for (service, meant) in groups.sorted(by: { $0.key < $1.key }) {
            lines.append((["group", service.stack, service.name] + Self.words(meant)).joined(separator: " "))
        }
        for (service, links) in links.sorted(by: { $0.key < $1.key }) {
            for (name, meant) in links.sorted(by: { $0.key < $1.key }) {
                lines.append((["link", service.stack, service.name, name] + Self.words(meant)).joined(separator: " "))
            }
        }
        return Self.head + lines.map { Self.small($0) + "\n" }.joined()
    }

    /// Reads ``text``. What isn't understood is passed over: a newer Slipway may write more.
    public init(text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 3 else { continue }
            let service = Service(words[2], in: words[1])
            switch words[0] {
            case "places":
                places[service, default: []] += words[3...].map { word in
                    let sides = word.split(separator: ",", omittingEmptySubsequences: false).map { IPv4Address($0) }
                    return Place(near: sides.first ?? nil, far: sides.count > 1 ? sides[1] : nil)
                }
            case "group": groups[service, default: []] += Self.services(words[3...])
            case "link": links[service, default: [:]][words[3], default: []] += Self.services(words[4...])
            default: continue
            }
        }
    }

    /// `stack/name`, which a name can't be mistaken in.
    private static func words(_ services: [Service]) -> [String] { services.map { "\($0.stack)/\($0.name)" } }

    private static func services(_ words: ArraySlice<String>) -> [Service] {
        words.compactMap { word in
            let parts = word.split(separator: "/").map(String.init)
            return parts.count == 2 ? Service(parts[1], in: parts[0]) : nil
        }
    }

    /// Capital letters of the alphabet made small; names have no others.
    static func small(_ text: String) -> String {
        String(decoding: text.utf8.map(small), as: UTF8.self)
    }

    static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
}
