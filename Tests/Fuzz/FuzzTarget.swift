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
  package func complaint(about input: [UInt8]) -> String? {
    switch self {
    case .json: complaintAboutJSON(input)
    case .cidr: complaintAboutCIDR(input)
    case .http1: complaintAboutHTTP1(input)
    case .http2: complaintAboutHTTP2(input)
    case .review: complaintAboutReview(input)
    case .snapshot: complaintAboutSnapshot(input)
    case .watch: complaintAboutWatch(input)
    case .kubeconfig: complaintAboutKubeconfig(input)
    }
  }
}
