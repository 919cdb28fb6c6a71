/// What is fed arbitrary bytes: by libFuzzer through the entry point, and by an ordinary test with every input that
/// ever broke something.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case json
  case cidr
  case http1
  case http2
  case review
  case snapshot
  case watch
  case kubeconfig

  /// Runs one input; what comes back is a complaint about an answer that is wrong, nil if there is none.
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
