internal import Admission

/// The verdict of a review in logs and metrics.
enum VerdictLabel: String {
  case allowed
  case patched
  case denied
  case unavailable

  var index: Int {
    switch self {
    case .allowed: 0
    case .patched: 1
    case .denied: 2
    case .unavailable: 3
    }
  }
}

extension Outcome {
  var label: VerdictLabel {
    switch self {
    case .allowed: .allowed
    case .patched: .patched
    case .denied: .denied
    case .unavailable: .unavailable
    }
  }
}
