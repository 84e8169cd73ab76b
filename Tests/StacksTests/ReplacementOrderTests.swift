import Engines
import Model
import Testing

@testable import Stacks

struct ReplacementOrderTests {
    @Test func `A plan names the containers in the order in which an upgrade takes them, without the parked`() {
        func container(_ slot: Int, health: String = "healthy", parked: Bool = false, serving: Bool = true)
            -> ContainerView
        {
            ContainerView(
                id: "\(slot)", name: "web-\(slot)", slot: slot, image: "web", state: .running, health: health,
                parked: parked, serving: serving)
        }
        let service = ServiceView(
            name: "web", spec: ServiceSpec(name: "web", image: "web", scale: 4), state: .active,
            containers: [
                container(1), container(2, serving: false), container(3, health: "unhealthy"), container(4),
                container(5, parked: true),
            ])
        #expect(service.replacements.map(\.slot) == [2, 3, 4, 1])
    }
}
