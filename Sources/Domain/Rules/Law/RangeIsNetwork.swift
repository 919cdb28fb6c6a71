internal import Addressing

/// The range is written as one IPv4 network. Host bits are refused rather than cleared, because the operator may have
/// meant another network.
enum RangeIsNetwork: Rule {
  static let demand = "The range is an IPv4 network in CIDR notation without host bits."

  private static let missing = "is missing; give an IPv4 network, such as \"192.168.0.0/24\""

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    switch entries.network.range {
    case .wrongType:
      break
    case .absent:
      findings.refuse(entries.path(.range), missing)
    case .value(let written) where written.text.isEmpty:
      findings.refuse(entries.path(.range), missing)
    case .value(let written):
      guard let problem = written.problem else { return }
      findings.refuse(entries.path(.range), problem)
    }
  }
}

extension WrittenCIDR {
  /// What keeps the text from being a network, or nil if it is one.
  fileprivate var problem: String? {
    switch reading {
    case .failure(let error):
      "\(text.quoted) \(CommonSlip(in: text).map(advice) ?? error.explanation())"
    case .success(let cidr) where cidr.hasHostBits:
      hint(cidr)
    case .success:
      nil
    }
  }

  private func advice(on slip: CommonSlip) -> String {
    "\(slip.explanation); \(slip.meant.hasHostBits ? hint(slip.meant) : "write \(slip.meant)")"
  }

  private func hint(_ cidr: CIDR) -> String {
    "\(cidr) is one address inside a network; the network is \(cidr.network)"
  }
}
