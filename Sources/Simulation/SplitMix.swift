/// A random generator (SplitMix64) that gives the same numbers for the same seed, on every machine.
public struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter stream: another one of the same seed gives other numbers.
    public init(seed: Int, stream: UInt64 = 0) {
        state = UInt64(bitPattern: Int64(seed)) &* 0xd134_2543_de82_ef95 &+ stream &* 0x9e37_79b9_7f4a_7c15 &+ 0x51
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// True in `percent` of a hundred cases.
    public mutating func chance(_ percent: Double) -> Bool { Double.random(in: 0..<100, using: &self) < percent }

    /// One of them.
    public mutating func pick<T>(_ first: T, _ others: T...) -> T {
        let index = Int.random(in: 0...others.count, using: &self)
        return index == 0 ? first : others[index - 1]
    }

    /// A number of the range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
