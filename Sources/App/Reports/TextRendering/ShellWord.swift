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
}

/// kubectl with the options that name the cluster, for commands that can be pasted.
package struct Kubectl: Sendable, Equatable {
  private let prefix: String

  /// - Parameter access: Options such as `--kubeconfig` and its value.
  package init(access: [String] = []) {
    prefix = (["kubectl"] + access.map(ShellWord.quoted)).joined(separator: " ")
  }

  /// Returns the command line with these arguments, each of which is one word.
  package func callAsFunction(_ arguments: [String]) -> String {
    ([prefix] + arguments.map(ShellWord.quoted)).joined(separator: " ")
  }
}
