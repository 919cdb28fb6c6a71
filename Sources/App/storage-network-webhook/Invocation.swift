/// The name under which the program was started: kubectl finds its plugins by file name.
enum Invocation {
  case program
  /// `kubectl storage-network …`
  case plugin
  /// What kubectl runs for the completion of a plugin's arguments.
  case completion

  /// <https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/>
  static let current: Invocation =
    switch CommandLine.arguments.first?.split(separator: "/").last {
    case "kubectl-storage_network": .plugin
    case "kubectl_complete-storage_network": .completion
    default: .program
    }

  /// The command as the help shows it.
  var command: String {
    switch self {
    case .program: "storage-network-webhook"
    case .plugin, .completion: "kubectl storage-network"
    }
  }
}
