/// Evaluates changes of the setting.
package struct Ruleset: Sendable {
  private let options: RulesetOptions
  /// For rules that need no facts.
  private static let noCluster = SharedFacts(ClusterFacts())

  package init(options: RulesetOptions = RulesetOptions()) {
    self.options = options
  }

  /// Returns the verdict on a change.
  ///
  /// - Parameter cluster: Called at most once, and only if the change needs facts.
  /// - Throws: The error of `cluster`; the rules themselves throw none.
  package func evaluate<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> SharedFacts
  ) throws(Failure) -> Verdict {
    var findings = Findings()
    try evaluate(change, in: cluster, &findings)
    return findings.verdict
  }

  /// Returns the verdict with the result of every rule.
  package func checklist(of change: Change, in cluster: SharedFacts) -> Checklist {
    var findings = Findings(recordsEvaluatedRules: true)
    evaluate(change, in: { cluster }, &findings)
    return Checklist(findings)
  }

  private func evaluate<Failure>(
    _ change: Change, in cluster: () throws(Failure) -> SharedFacts, _ findings: inout Findings
  ) throws(Failure) {
    if change.operation == .delete {
      findings.evaluate(
        RuleCatalog.deletion, about: change, EvaluationContext(cluster: Self.noCluster, options: options))
      return
    }
    let altersAnnotations = change.altersAnnotations
    let changesValue = change.changesValue && !change.restoresRecordedValue
    // Changes that Harvester makes at any time are allowed without facts. Its controller writes status and annotations by
    // ordinary updates, because the CRD has no status subresource, and creates the empty setting at start-up.
    guard altersAnnotations || changesValue || change.changesDefault else { return }

    let context = EvaluationContext(cluster: try cluster(), options: options)
    if altersAnnotations { findings.evaluate(RuleCatalog.annotations, about: change, context) }
    if changesValue, let proposal = change.proposal(in: .value) { evaluate(proposal, context, &findings) }
    if let proposal = change.proposal(in: .default) { evaluate(proposal, context, &findings) }
    if changesValue, !(change.new.value.isBlank && change.old.value.isBlank) {
      findings.evaluate(RuleCatalog.preconditions, about: change, context)
      findings.evaluate(change.enables ? RuleCatalog.enabling : RuleCatalog.disabling, about: change, context)
    }
    findings.markOnlyBlocker()
  }

  private func evaluate(_ proposal: ParsedSetting, _ context: EvaluationContext, _ findings: inout Findings) {
    findings.evaluate(RuleCatalog.parsing, about: proposal, context)
    guard case .network(let network) = proposal.reading else { return }

    let fields = ProposedFields(field: proposal.field, network: network)
    findings.evaluate(RuleCatalog.fields, about: fields, context)
    if let resolved = ResolvedClusterNetwork(fields, in: context.facts) {
      findings.evaluate(RuleCatalog.clusterNetwork, about: resolved, context)
    }
    guard let range = ProposedRange(fields) else { return }

    findings.evaluate(RuleCatalog.range, about: range, context)
    guard let plan = AddressPlan(range, in: context.facts) else { return }

    findings.evaluate(RuleCatalog.addresses, about: plan, context)
  }
}
