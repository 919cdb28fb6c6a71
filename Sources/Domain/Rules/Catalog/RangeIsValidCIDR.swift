internal import Addressing

/// The range is written as one IPv4 network. Host bits are refused rather than cleared, because the operator may have
/// meant another network.
enum RangeIsValidCIDR: Rule {
  static let requirement = "The range is an IPv4 network in CIDR notation without host bits."

  private static let missing = "must be an IPv4 network in CIDR notation, for example \"192.168.0.0/24\""

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    switch fields.network.range {
    case .wrongType:
      break
    case .absent:
      findings.addViolation(fields.path(.range), .required, missing)
    case .value(let written) where written.text.isEmpty:
      findings.addViolation(fields.path(.range), .required, missing)
    case .value(let written):
      guard let problem = written.problem else { return }
      findings.addViolation(fields.path(.range), .invalid(written.text.quoted), problem)
    }
  }
}

extension CIDRField {
  /// What keeps the text from being a network, or nil if it is one.
  fileprivate var problem: String? {
    switch reading {
    case .failure(let error):
      CommonMistake(in: text).map(advice) ?? error.explanation()
    case .success(let cidr) where cidr.hasHostBits:
      hint(cidr)
    case .success:
      nil
    }
  }

  private func advice(on mistake: CommonMistake) -> String {
    "\(mistake.explanation); \(mistake.correction.hasHostBits ? hint(mistake.correction) : "write \(mistake.correction)")"
  }

  private func hint(_ cidr: CIDR) -> String {
    "must not have host bits: \(cidr) is one address inside a network; the network is \(cidr.network)"
  }
}
