/// Everything that can go wrong.
public enum FaultKind: String, Sendable, Hashable, CaseIterable {
    // What is wrong with a revision.
    case refusedStart = "revision: engine refuses to start it"
    case lateStart = "revision: starts late"
    case earlyExit = "revision: exits early"
    case laterExit = "revision: crashes later"
    case neverHealthy = "revision: never healthy"
    case turnsUnhealthy = "revision: turns unhealthy"
    case missingImage = "revision: image is nowhere"
    // What happens to a container.
    case crash = "container crashes, engine restarts it"
    case crashForGood = "container crashes and stays down"
    case vanish = "container vanishes"
    case sickness = "container unhealthy for a while"
    // What happens to a call of the engine.
    case slowCall = "call: answers late"
    case doubleCall = "call: applied twice"
    case errorBefore = "call: error, not applied"
    case errorAfter = "call: error, applied"
    case noAnswer = "call: never answers"
    case lateEffect = "call: never answers, applied later"
    case refusedCall = "call: refused for good"
    case lostHold = "call: a start that no other start mends"
    case diskFull = "database can't be written"
    // What happens to the rest.
    case engineOutage = "engine down"
    case edgeDeath = "edge dies"
    case edgeReturn = "edge comes back with what it wrote"
    case emptyEdge = "edge comes back empty"
    case unwritableNames = "names can't be written"
    case nameServerLoss = "name server is gone"
    case serverDeath = "server dies"
    case nested = "two at once"

    /// Whether it may take away containers that serve.
    var takesCapacity: Bool {
        switch self {
        case .crash, .crashForGood, .vanish, .sickness, .edgeDeath, .emptyEdge, .edgeReturn: true
        default: false
        }
    }
}
