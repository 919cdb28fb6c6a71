/// As what the program was started: its file has other names where kubectl looks for plugins.
enum Invocation {
  case program
  /// `kubectl storage-network …`
  case plugin
  /// What kubectl asks a plugin for when somebody presses Tab.
  case completion

  /// <https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/>
  static let current: Invocation =
    switch CommandLine.arguments.first?.split(separator: "/").last {
    case "kubectl-storage_network": .plugin
    case "kubectl_complete-storage_network": .completion
    default: .program
    }

  /// What somebody has to type, for the help.
  var command: String {
    switch self {
    case .program: "storage-network-webhook"
    case .plugin, .completion: "kubectl storage-network"
    }
  }
}
