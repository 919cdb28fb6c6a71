import Foundation

/// Random numbers that are reproducible by their seed (SplitMix64).
public struct SeededNumbers: RandomNumberGenerator {
  /// Printed by a failing test; `SEED=… swift test` replays it.
  public let seed: UInt64
  private var state: UInt64

  public init(seed: UInt64 = defaultSeed) {
    self.seed = seed
    state = seed
  }

  public static let defaultSeed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? 20_261_124

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  public mutating func next(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(below: elements.count)] }
}
