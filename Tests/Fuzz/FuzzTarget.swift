/// A fuzz target: libFuzzer calls it through the entry point, and an ordinary test with every input that
/// has failed before.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case json
  case cidr
  case http1
  case http2
  case review
  case snapshot
  case watch
  case kubeconfig

  /// Runs one input; returns a description of a wrong result, or nil.
  package func check(_ input: [UInt8]) -> String? {
    switch self {
    case .json: checkJSON(input)
    case .cidr: checkCIDR(input)
    case .http1: checkHTTP1(input)
    case .http2: checkHTTP2(input)
    case .review: checkReview(input)
    case .snapshot: checkSnapshot(input)
    case .watch: checkWatch(input)
    case .kubeconfig: checkKubeconfig(input)
    }
  }
}
