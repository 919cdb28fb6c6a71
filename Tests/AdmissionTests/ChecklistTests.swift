import Rules
import Testing

@testable import Admission

@Suite struct `Checklists` {
  @Test(arguments: GoldenCase.all) func `a checklist has the verdict of the review, and every rule once`(
    _ golden: GoldenCase
  ) throws {
    guard let (change, facts, ruleset) = try golden.evaluationInput() else { return }
    let cluster = SharedFacts(facts)
    let checklist = ruleset.checklist(of: change, in: cluster)
    let verdict = ruleset.evaluate(change) { cluster }
    #expect(checklist.verdict == verdict)
    let items = checklist.sections.flatMap(\.items)
    #expect(items.map(\.rule) == RuleCatalog.rules)

    var violations: [Violation] = []
    var warnings: [Warning] = []
    for item in items {
      switch item.result {
      case .pass, .skip: break
      case .warn(let own): warnings += own
      case .fail(let broken, let own):
        violations += broken
        warnings += own
      }
    }
    switch checklist.verdict {
    case .allowed(let expected):
      #expect(violations.isEmpty)
      #expect(Set(warnings.map(\.message)) == Set(expected.map(\.message)))
    case .denied(let expected, let expectedWarnings):
      #expect(Set(violations.map(\.message)) == Set(expected.map(\.message)))
      #expect(Set(warnings.map(\.message)) == Set(expectedWarnings.map(\.message)))
    }
  }

  @Test func `a rule is evaluated only on a valid subject`() throws {
    let change = Change.update(from: SettingObject(), to: SettingObject(value: .text(Array("{".utf8))))
    let sections = Ruleset().checklist(of: change, in: SharedFacts(ClusterFacts())).sections
    #expect(sections.filter(\.isEvaluated).map(\.group.title) == ["JSON", "Cluster state", "Enabling"])
  }

  @Test func `an unchanged setting evaluates no rule`() {
    let change = Change.update(from: SettingObject(), to: SettingObject())
    #expect(Ruleset().checklist(of: change, in: SharedFacts(ClusterFacts())).sections.filter(\.isEvaluated).isEmpty)
  }
}
