import Access
import Delivery
import Foundation
import HTTPTransport
import HTTPTypes
import Model
import Stacks
import Testing

@testable import Web

/// The document is made of the types; here it is held to what is really sent.
@Suite struct SchemaTests {
    private static func json(_ bytes: [UInt8]) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    private static func mismatch<T: Codable>(_ value: T) throws -> String? {
        let schema = JSONSchema.of(T.self)
        if let defect = schema.defect { return defect }
        return schema.mismatch(in: try json([UInt8](try JSONCoding.encoder.encode(value))))?.text
    }

    @Test func `Every answer and body is described, and every operation has a name of its own`() {
        for route in API.operations {
            var schemas = route.body.map { [$0.schema] } ?? []
            if case .json(let schema) = route.output { schemas.append(schema) }
            for schema in schemas { #expect(schema.defect == nil, "\(route.path)") }
            for field in route.body?.fields ?? [] {
                #expect(route.body?.schema.properties[field.name] != nil, "\(route.path) reads no \(field.name)")
            }
        }
        let names = API.operations.map(OpenAPI.identifier)
        #expect(Set(names).count == names.count)
        #expect(!API.operations.map(OpenAPI.tag).contains(""))
    }

    @Test func `What the samples look like is what their schemas say`() throws {
        let sample = try Sample()
        #expect(try Self.mismatch(sample.targetView) == nil)
        #expect(try Self.mismatch([sample.buildView, sample.doneBuildView]) == nil)
        #expect(try Self.mismatch(sample.plan) == nil)
        #expect(try Self.mismatch([sample.deployView, sample.failedDeployView]) == nil)
        #expect(try Self.mismatch(sample.stacks) == nil)
        #expect(try Self.mismatch(Page(rows: sample.deployRows, cursor: 3)) == nil)
        let sources: [App.Source] = [.hosted, .remote(url: "https://git.example.com/a.git")]
        #expect(try Self.mismatch(sources) == nil)
        let verifications: [Deploy.Verification] = [.verified(containers: 1), .nothingVerified, .differs(["web-1"])]
        #expect(try Self.mismatch(verifications) == nil)
        let buttons: [DeployButton] = [.available(.redeploy), .unavailable(reason: "It is running")]
        #expect(try Self.mismatch(buttons) == nil)
        #expect(try Self.mismatch([Step.Owner.build(1), .deploy(2)]) == nil)
        let full = ServiceSpec(
            name: "web", image: "web:1", environment: ["A": "b"],
            ports: [PortMapping(hostPort: 80, containerPort: 8080)],
            volumes: [VolumeMount(source: "/a", target: "/b")], memoryLimit: 1, healthCheck: HealthCheck(port: 1),
            secrets: ServiceSecrets(
                variables: ["B": SecretText([.text("a"), .secret("C")])], files: [SecretFile(source: "D")]))
        var stack = StackSpec(services: [full, .withEveryPart])
        stack.volumes = ["data": VolumeSpec()]
        stack.networks = ["front": NetworkSpec()]
        stack.configs = ["app": ConfigSpec()]
        #expect(try Self.mismatch(UpRequest(stack: "web", spec: stack)) == nil)
        let failure = Failure(.invalid, "no", hint: "h", cause: "c", findings: [Finding(file: "a", message: "b")])
        let problem = try JSONCoding.encoder.encode([Problem(failure), Problem(Failure(.usage, "no"))])
        #expect(JSONSchema.list(of: OpenAPI.problem).mismatch(in: try Self.json([UInt8](problem))) == nil)
    }

    @Test func `What doesn't fit is found, and said where`() throws {
        let schema = JSONSchema.of(UpRequest.self)
        func wrong(_ change: (inout [String: Any]) -> Void) throws -> String? {
            let bytes = try JSONCoding.encoder.encode(UpRequest(stack: "web", spec: StackSpec(services: [])))
            var object = try #require(try Self.json([UInt8](bytes)) as? [String: Any])
            change(&object)
            return schema.mismatch(in: object)?.text
        }
        #expect(try wrong { _ in } == nil)
        #expect(try wrong { $0["batchSize"] = 2.5 } == "batchSize is not a whole number")
        #expect(try wrong { $0["batchSize"] = 1e300 } == "batchSize is not a whole number")
        #expect(try wrong { $0["upgrade"] = 1 } == "upgrade is not true or false")
        #expect(try wrong { $0["batchSize"] = true } == "batchSize is not a whole number")
        #expect(try wrong { $0["services"] = ["a", 1] as [Any] } == "services.1 is not a text")
        #expect(try wrong { $0["spec"] = NSNull() } == "spec is null: leave it away")
        #expect(try wrong { $0["spec"] = nil } == "spec is missing")
        #expect(try wrong { $0["stack"] = "a\0b" } == "stack has a NUL character")
        #expect(try wrong { $0["spec"] = ["servics": []] }?.hasPrefix("spec.servics is unknown here") == true)
        #expect(schema.mismatch(in: [] as [Any])?.text == "it is not an object")
    }

    /// Everybody asks every operation, of what is there and of what isn't, with a body and without.
    @Test func `Every operation answers what its description says`() async throws {
        try await World.run { world in
            let scene = try await Scene(world)
            let document = try #require(
                try Self.json(try await world.get("/api/v1/openapi.json", try await world.token()).body)
                    as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            var seen: Set<Int> = []
            for route in API.operations {
                let (method, path) = (route.method.rawValue, API.prefix + route.path)
                let operation = try #require(paths[path]?[method.lowercased()] as? [String: Any])
                let responses = try #require(operation["responses"] as? [String: Any])
                // The stream of events lasts.
                if path.hasSuffix("/events") { continue }
                for request in scene.requests.filter({ $0.0.name == "\(method) \(path)" }).map(\.1) {
                    for asker in [PermissionTests.Asker.script, .viewer, .admin] {
                        for body in method == "GET" ? [""] : ["", "{}", "[", "{\"name\": \"new\"}"] {
                            var request = request
                            request.headers = try #require(scene.headers[asker])
                            if !body.isEmpty {
                                request.headers.append(("Content-Type", "application/json"))
                                request.body = Array(body.utf8)
                            }
                            let reply = try await world.client.send(request, timeout: .seconds(20))
                            #expect(
                                responses["\(reply.status)"] != nil,
                                "\(asker): \(route.path) \(body): \(reply.status) \(reply.text)")
                            seen.insert(reply.status)
                            try Self.check(reply, route)
                        }
                    }
                }
            }
            #expect(seen.isSuperset(of: [200, 201, 204, 400, 403, 404]))
        }
    }

    private static func check(_ reply: HTTPReply, _ route: APIRoute) throws {
        let type = reply.header("content-type")?.split(separator: ";").first.map(String.init)
        if reply.status >= 400 {
            #expect(type == Problem.contentType)
            #expect(OpenAPI.problem.mismatch(in: try json(reply.body)) == nil, "\(route.path)")
            return
        }
        switch route.output {
        case .nothing: #expect(reply.status == 204 && reply.body.isEmpty)
        case .json(let schema):
            #expect(reply.status == route.status.code && type == "application/json", "\(route.path)")
            #expect(schema.mismatch(in: try json(reply.body)) == nil, "\(route.path)")
        case .media(let media, _, _, let mayBeEmpty):
            #expect(mayBeEmpty && reply.status == 204 || type == media, "\(route.path)")
        }
    }

    @Test func `What a body may not be is refused in a sentence`() async throws {
        try await World.run { world in
            let token = try await world.token()
            func add(_ body: String, _ type: String = "application/json") async throws -> Problem {
                let reply = try await world.client.send(
                    HTTPTransport.HTTPRequest(
                        method: "POST", path: "/api/v1/apps", headers: token + [("Content-Type", type)],
                        body: Array(body.utf8)), timeout: .seconds(20))
                let problem = try reply.json(Problem.self)
                #expect(reply.status == problem.status)
                return problem
            }
            #expect(try await add("{}", "text/plain").status == 415)
            #expect(try await add("name=orders", "application/x-www-form-urlencoded").status == 415)
            #expect(try await add("{\"name\": \"orders\"").cause == "it is not JSON")
            #expect(try await add("\u{FF}\u{FE}").cause == "it is not JSON")
            #expect(try await add("").cause == "it is empty")
            #expect(try await add("7").cause == "it is not an object")
            #expect(try await add("{\"name\": 7}").cause == "name is not a text")
            #expect(try await add("{\"name\": \"orders\", \"url\": null}").cause == "url is null: leave it away")
            let misspelt = try await add("{\"name\": \"orders\", \"brunch\": \"trunk\"}")
            #expect(misspelt.cause == "brunch is unknown here; there are: branch, name, url")
            #expect(try await add("{\"name\": \"a\\u0000b\"}").status == 422)
            #expect(try await add("{\"name\": \"orders\", \"branch\": \"a\\u0000b\"}").status == 422)
            let long = String(repeating: "x", count: 5 << 20)
            #expect(try await add("{\"name\": \"\(long)\"}").status == 413)
            let deep = String(repeating: "[", count: 100_000)
            #expect(try await add(deep).status == 413)
            #expect(try await world.get("/api/v1/apps", token).text == "[]")
        }
    }

    @Test func `What a query may not be is refused in a sentence`() async throws {
        try await World.run { world in
            let token = try await world.token()
            for (query, words) in [
                ("/audit?limit=0", "?limit= is less than 1"), ("/audit?limit=x", "?limit= is not a number"),
                ("/audit?limit=99999999999999999999", "?limit= is not a number"),
                ("/audit?outcome=lost", "?outcome= is none of done, refused, failed"),
                ("/audit?actor=%00", "?actor= has a NUL character"), ("/apps?x=1", "?x= means nothing here"),
                ("/audit?app=a&app=b", "?app= is given twice"),
                ("/secrets?enviroment=production", "?enviroment= means nothing here"),
            ] {
                let reply = try await world.get("/api/v1\(query)", token)
                #expect(reply.status == 400)
                #expect(try reply.json(Problem.self).detail == words)
            }
        }
    }
}

extension ServiceSpec {
    /// With all groups of keys, and something in those of their lists that hold more than texts.
    fileprivate static var withEveryPart: ServiceSpec {
        var spec = ServiceSpec(name: "all", image: "all:1")
        spec.isolation = ContainerIsolation()
        spec.limits = ContainerLimits()
        spec.limits?.ulimits = ["nofile": .init(soft: 1, hard: 2)]
        spec.networking = ContainerNetworking()
        spec.networking?.networks = ["front": .init()]
        spec.storage = ContainerStorage()
        spec.storage?.configs = [.init(source: "app", target: "/app")]
        spec.storage?.mountOptions = [.init(target: "/data", option: "z")]
        spec.logging = ContainerLogging()
        spec.probe = ContainerProbe()
        spec.placement = ServicePlacement()
        spec.placement?.affinities = [.init(subject: .hostLabel, terms: ["a=b"])]
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.dependencies = [.init(service: "db")]
        spec.lifecycle?.update = .init()
        spec.notes = ServiceNotes()
        spec.loadBalancer = LoadBalancer()
        spec.loadBalancer?.rules = [.init()]
        return spec
    }
}
