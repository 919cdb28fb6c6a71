import Foundation
import Testing

@Suite struct `Golden cases` {
  /// `UPDATE_GOLDEN=1 swift test` rewrites the verdicts; read the difference before committing it.
  static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  @Test(arguments: GoldenCase.all) func `the verdict equals the golden file word for word`(_ golden: GoldenCase) throws
  {
    let verdict = try golden.verdict()
    if Self.updates { try golden.write(verdict: verdict) }
    #expect(try golden.expectedVerdict() == verdict)
  }

  @Test(arguments: GoldenCase.all) func `/mutate denies what /validate denies, with the same messages`(
    _ golden: GoldenCase
  ) throws {
    let (_, mutation, validation) = try golden.responses()
    let operations = mutation.request.change?.patch ?? []
    switch validation.outcome {
    case .denied(let violations, _):
      #expect(mutation.outcome == .denied(violations, warnings: []))
      let (early, late) = (try Response(mutation.body).response, try Response(validation.body).response)
      #expect(early["status"] as? NSDictionary == late["status"] as? NSDictionary)
      #expect(early["warnings"] == nil && early["patch"] == nil)
    case .allowed:
      #expect(mutation.outcome == (operations.isEmpty ? .allowed(warnings: []) : .patched(operations)))
    case .patched, .unavailable:
      Issue.record("no verdict of /validate: \(validation.outcome)")
    }
  }

  @Test func `the folder of golden cases is not empty`() {
    #expect(GoldenCase.all.count > 40)
  }
}
