/// A word of a command line for a POSIX shell.
package enum ShellWord {
  /// Returns the text as one word: in quotes where the shell would read it otherwise.
  package static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "="), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    if isPlain, !text.isEmpty { return text }
    return "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
  }

  /// Returns a command line of these words.
  fileprivate static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}

/// kubectl with the options that name the cluster, for commands that can be pasted.
package struct Kubectl: Sendable, Equatable {
  private let access: [String]

  /// - Parameter access: Options such as `--kubeconfig` and its value.
  package init(access: [String] = []) {
    self.access = access
  }

  /// Returns the command line with these arguments, each of which is one word.
  package func callAsFunction(_ arguments: [String]) -> String { ShellWord.line(["kubectl"] + access + arguments) }
}

/// The program as its user types it, with the options that name the cluster.
package struct ProgramCommand: Sendable {
  private let program: String
  private let access: [String]

  /// - Parameters:
  ///   - program: One word or, as a plugin of kubectl, two.
  ///   - access: Options such as `--kubeconfig` and its value.
  package init(_ program: String = "storage-network-webhook", access: [String] = []) {
    self.program = program
    self.access = access
  }

  /// Returns the command line of a subcommand.
  package func callAsFunction(_ subcommand: String, _ options: String...) -> String {
    "\(program) \(ShellWord.line([subcommand] + access + options))"
  }
}
