/// What the server is doing when it is killed.
enum KillPhase: String, CaseIterable, Sendable {
    /// From `git push` to the end of the last test step.
    case test
    /// Image build and push.
    case image
    /// From the request for a deploy to its first rollout.
    case script
    /// From there to the deploy's end.
    case rollout
    /// A whole deploy of an older commit.
    case rollback
}

/// A moment at which the server is killed.
struct KillPoint: Sendable {
    var phase: KillPhase
    /// Part of the phase's expected length, 0 to 1; nil for a point right at its begin.
    var share: Double?
    /// Milliseconds into the phase where `share` is nil.
    var edge: Int
    /// Milliseconds after the restart to the next kill, in the middle of the adoption; nil for none.
    var again: Int?

    func milliseconds(of length: Int) -> Int { share.map { Int($0 * Double(length)) } ?? edge }
}

/// All points of a run, from its seed alone.
struct KillPlan: Sendable {
    let seed: UInt64
    /// One journey a point of each phase.
    let journeys: [[KillPhase: KillPoint]]

    init(seed: UInt64, points: Int) {
        self.seed = seed
        var random = SplitMix(state: seed)
        journeys = (0..<points).map { _ in
            let points = KillPhase.allCases.map { phase -> (KillPhase, KillPoint) in
                let share = Double.random(in: 0..<1, using: &random)
                let isEdge = Int.random(in: 0..<5, using: &random) == 0
                let edge = Int.random(in: 0..<20, using: &random)
                let isTwice = Int.random(in: 0..<4, using: &random) == 0
                let again = Int.random(in: 0..<800, using: &random)
                return (
                    phase,
                    KillPoint(phase: phase, share: isEdge ? nil : share, edge: edge, again: isTwice ? again : nil)
                )
            }
            return Dictionary(uniqueKeysWithValues: points)
        }
    }
}

/// The generator of Steele, Lea and Flood (2014): the same numbers for the same seed, everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
