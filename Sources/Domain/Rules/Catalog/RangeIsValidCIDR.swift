internal import Addressing

/// Host bits are rejected rather than cleared, because another network may be intended.
enum RangeIsValidCIDR: Rule {
  static let requirement = "The range is an IPv4 network in CIDR notation without host bits."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    func example() -> String { fields.exampleOfRange(in: context) }
    switch fields.network.range {
    case .wrongType:
      break
    case .absent:
      findings.addViolation(
        fields.path(.range), .required, "must be an IPv4 network in CIDR notation, for example \(example())")
    case .value(let written) where written.text.isEmpty:
      findings.addViolation(
        fields.path(.range), .required, "must be an IPv4 network in CIDR notation, for example \(example())")
    case .value(let written):
      guard written.network == nil else { return }
      findings.addViolation(fields.path(.range), .invalid(written.text.quoted), written.problem(example()))
    }
  }
}

extension CIDRField {
  /// What a text that is no network must be.
  fileprivate func problem(_ example: String) -> String {
    switch reading {
    case .failure(let error): CommonMistake(in: text).map(advice) ?? error.explanation(example: example)
    case .success(let cidr): hint(cidr)
    }
  }

  private func advice(on mistake: CommonMistake) -> String {
    let hostBits = mistake.correction.hasHostBits ? ", and \(mistake.correction) is one address inside a network" : ""
    return "\(mistake.explanation)\(hostBits); write \(mistake.correction.network)"
  }

  private func hint(_ cidr: CIDR) -> String {
    "must not have host bits: \(cidr) is one address inside a network; write \(cidr.network)"
  }
}
