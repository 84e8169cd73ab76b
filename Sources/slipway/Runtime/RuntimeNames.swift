import ArgumentParser
import Model
import Stacks

/// The stack that names without one are of.
struct StackOption: ParsableArguments {
    @Option(name: [.customShort("s"), .customLong("stack")], help: "The stack of services that are named without one.")
    var name: String?
}

/// `shop/orders`.
struct ServiceName: Hashable, CustomStringConvertible {
    var stack: String
    var service: String

    init(stack: String, service: String) {
        self.stack = stack
        self.service = service
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (stack, service) = (String(parts[0]), String(parts[1]))
    }

    /// `orders` where `stack` says of which stack, else `shop/orders`; throws where it is neither.
    init(_ text: String, of stack: String?) throws {
        if let name = ServiceName(text) {
            self = name
        } else if let stack, !text.isEmpty, !text.contains("/") {
            self.init(stack: stack, service: text)
        } else {
            throw Failure(.usage, "\(text) is not stack/service", hint: "For example shop/orders.")
        }
    }

    var description: String { "\(stack)/\(service)" }

    /// The address of an action of it, or its own where there is none.
    func path(in environment: String, _ action: String = "") -> String {
        "/environments/\(segment(environment))/stacks/\(segment(stack))/services/\(segment(service))"
            + (action.isEmpty ? "" : "/\(action)")
    }
}

/// What the words of a command mean, in what runs. Pure.
struct RuntimeNames {
    struct Service {
        var name: ServiceName
        var view: ServiceView
    }

    enum Found {
        case stack(StackView)
        case service(Service)
        case container(ContainerView, of: Service)
    }

    let stacks: [StackView]
    /// The stack of services that are named without one.
    var stack: String?

    var all: [Service] {
        stacks.flatMap { stack in
            stack.services.map { Service(name: ServiceName(stack: stack.name, service: $0.name), view: $0) }
        }
    }

    /// A stack, `stack/service`, a service of ``stack`` or of whatever stack has it alone, a container's name, or the
    /// beginning of its id. Throws `.notFound` with what there is, `.conflict` where it means several things.
    func find(_ text: String) throws(Failure) -> Found {
        if let full = stack.flatMap({ try? ServiceName(text, of: $0) }) ?? ServiceName(text) {
            guard let service = all.first(where: { $0.name == full }) else { throw missing(text) }
            return .service(service)
        }
        if let stack = stacks.first(where: { $0.name == text }) { return .stack(stack) }
        let services = all.filter { $0.name.service == text }
        if let service = services.first {
            guard services.count == 1 else {
                let names = services.map(\.name.description).joined(separator: ", ")
                throw Failure(.conflict, "Several stacks have a service \(text)", hint: "Say which: \(names).")
            }
            return .service(service)
        }
        let containers = all.flatMap { service in service.view.containers.map { (service, $0) } }
        if let (service, container) = containers.first(where: { $0.1.name == text }) {
            return .container(container, of: service)
        }
        let begun = text.count < 4 ? [] : containers.filter { $0.1.id.hasPrefix(text) }
        guard let (service, container) = begun.first else { throw missing(text) }
        guard begun.count == 1 else {
            throw Failure(.conflict, "Several containers' ids begin with \(text)", hint: "Give more digits.")
        }
        return .container(container, of: service)
    }

    /// The services that the words name; a stack's name means all of its own.
    func services(_ words: [String]) throws -> [Service] {
        var found: [Service] = []
        for word in words {
            switch try find(word) {
            case .stack(let stack): found += all.filter { $0.name.stack == stack.name }
            case .service(let service): found.append(service)
            case .container:
                throw Failure(.usage, "\(word) is a container, not a service", hint: "For example shop/orders.")
            }
        }
        var seen: Set<ServiceName> = []
        return found.filter { seen.insert($0.name).inserted }
    }

    /// The services that the words name, in their stacks.
    func stacks(of words: [String]) throws -> [StackView] {
        let chosen = Set(try services(words).map(\.name))
        return stacks.compactMap { stack in
            var stack = stack
            stack.services.removeAll { !chosen.contains(ServiceName(stack: stack.name, service: $0.name)) }
            return stack.services.isEmpty ? nil : stack
        }
    }

    private func missing(_ text: String) -> Failure {
        let names = all.map(\.name.description).joined(separator: ", ")
        return Failure(
            .notFound, "There is no stack, service or container \(text)",
            hint: names.isEmpty ? "Nothing runs there." : "Services: \(names).")
    }
}
