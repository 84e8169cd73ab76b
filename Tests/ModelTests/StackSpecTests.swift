import Foundation
import Testing

@testable import Model

/// Specs are stored, and told apart by a fingerprint of their JSON.
struct StackSpecTests {
    /// A service as it was stored before there were groups of keys.
    private let stored = """
        {"alwaysPull":false,"capAdd":[],"capDrop":[],"dns":[],"environment":{"A":"1"},"externalLinks":[],"extraHosts":[],\
        "healthCheck":{"healthyThreshold":2,"initializingTimeout":60000,"interval":2000,"port":80,"reinitializingTimeout":60000,\
        "responseTimeout":2000,"strategy":"recreate","unhealthyThreshold":3},"image":"acme/web:1","initProcess":true,\
        "labels":{},"links":[],"name":"web","ports":[],"privileged":false,"readOnly":false,"retainIP":false,"scale":2,\
        "stdinOpen":false,"tty":false,"volumes":[]}
        """

    @Test func `What isn't said leaves no trace, so that old specs keep their hash`() throws {
        let spec = ServiceSpec(
            name: "web", image: "acme/web:1", scale: 2, environment: ["A": "1"], healthCheck: HealthCheck(port: 80))
        #expect(String(decoding: try JSONCoding.encoder.encode(spec), as: UTF8.self) == stored)
        #expect(try JSONDecoder().decode(ServiceSpec.self, from: Data(stored.utf8)) == spec)
        let stack = StackSpec(services: [])
        #expect(String(decoding: try JSONCoding.encoder.encode(stack), as: UTF8.self) == #"{"services":[]}"#)
    }

    @Test func `Groups of keys come back as they were stored`() throws {
        var spec = ServiceSpec(name: "web", image: "acme/web:1")
        spec.isolation = ContainerIsolation()
        spec.isolation?.pid = "host"
        spec.limits = ContainerLimits()
        spec.limits?.ulimits = ["nofile": .init(soft: 1, hard: 2)]
        spec.placement = ServicePlacement()
        spec.placement?.affinities = [.init(subject: .hostLabel, isSoft: true, terms: ["disk=ssd"])]
        spec.loadBalancer = LoadBalancer()
        spec.loadBalancer?.rules = [.init()]
        var stack = StackSpec(services: [spec])
        stack.volumes = ["data": VolumeSpec()]
        let bytes = try JSONCoding.encoder.encode(stack)
        #expect(try JSONCoding.decoder.decode(StackSpec.self, from: bytes) == stack)
    }

    @Test func `What no engine carries out is named`() {
        var spec = ServiceSpec(name: "web", image: "acme/web:1")
        spec.limits = ContainerLimits()
        spec.notes = ServiceNotes()
        spec.storage = ContainerStorage()
        spec.storage?.mountOptions = [.init(target: "/data", option: "z")]
        #expect(spec.partsThatWait.isEmpty)
        spec.storage?.volumesFrom = ["db"]
        spec.isolation = ContainerIsolation()
        spec.isolation?.pid = "host"
        spec.placement = ServicePlacement()
        spec.placement?.sidekicks = ["log"]
        // That they are of its own unit is asked where units are known.
        #expect(spec.partsThatWait.isEmpty)
        #expect(spec.partsInUse == ["db"])
        spec.isolation?.gpus = "all"
        spec.lifecycle = ContainerLifecycle()
        spec.lifecycle?.hooks = ["pre_stop": "[]"]
        #expect(spec.partsThatWait == ["gpus", "hooks"])
        spec.probe = ContainerProbe()
        spec.probe?.test = ["CMD", "check", "hunter2"]
        #expect(spec.partTexts.contains("hunter2"))
    }
}
