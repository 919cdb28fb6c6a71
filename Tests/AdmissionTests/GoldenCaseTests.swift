import Foundation
import Testing

@Suite struct `Golden cases` {
  /// `UPDATE_GOLDEN=1 swift test` writes the verdicts anew; read the difference before committing it.
  static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  @Test(arguments: GoldenCase.all) func `the verdict is word for word the expected one`(_ golden: GoldenCase) throws {
    let verdict = try golden.verdict()
    if Self.updates { try golden.write(verdict: verdict) }
    #expect(try golden.expectedVerdict() == verdict)
  }

  @Test func `there are cases`() {
    #expect(GoldenCase.all.count > 40)
  }
}
