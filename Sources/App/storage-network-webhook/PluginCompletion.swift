internal import JSON

/// The shell completion of `kubectl storage-network …`.
///
/// It is derived from the description of the command tree that the documentation is generated from.
struct PluginCompletion {
  private let root: JSONValue

  /// - Parameter description: What `--experimental-dump-help` prints.
  init(description: String) {
    root = (try? JSONValue(parsing: Array(description.utf8)))?["command"] ?? .null
  }

  /// Returns the lines that kubectl expects: one per completion with its description, and a directive last.
  ///
  /// <https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md>: 4 is «no file names», 0 is «file
  /// names where nothing else fits».
  ///
  /// - Parameter words: All words after the plugin's name; the last one is being typed and may be empty.
  func completions(for words: [String]) -> String {
    let typed = words.last ?? ""
    guard let command = command(of: words.dropLast()) else { return lines([], typed, disallowsFileCompletion: true) }
    let names = command.subcommands.filter { $0.name != "help" }.map { ($0.name, $0.abstract) }
    guard names.isEmpty else { return lines(names, typed, disallowsFileCompletion: true) }
    if let last = words.dropLast().last, let option = command.option(last), option.takesValue {
      let values = option["valueName"].text.split(separator: "|").map { (String($0), "") }
      return lines(values.count > 1 ? values : [], typed, disallowsFileCompletion: values.count > 1)
    }
    return lines(
      command.options.flatMap { option in option.spellings.map { ($0, option.abstract) } }, typed,
      disallowsFileCompletion: true)
  }

  /// Returns the subcommand that the words select; nil if one of them is unknown.
  private func command(of words: ArraySlice<String>) -> JSONValue? {
    var command = root
    for word in words {
      if command.subcommands.isEmpty { break }
      guard let next = command.subcommands.first(where: { $0.name == word }) else { return nil }
      command = next
    }
    return command
  }

  private func lines(_ words: [(word: String, explanation: String)], _ typed: String, disallowsFileCompletion: Bool)
    -> String
  {
    let fitting = words.filter { $0.word.hasPrefix(typed) }
    return
      (fitting.map { $0.explanation.isEmpty ? $0.word : "\($0.word)\t\($0.explanation)" }
      + [disallowsFileCompletion ? ":4" : ":0"]).map { $0 + "\n" }.joined()
  }
}

extension JSONValue? {
  fileprivate var text: String { self?.string ?? "" }

  fileprivate var elements: [JSONValue] {
    guard case .array(let elements)? = self else { return [] }
    return elements
  }
}

// A command and its options.
extension JSONValue {
  fileprivate var name: String { self["commandName"].text }
  fileprivate var abstract: String { self["abstract"].text }
  fileprivate var subcommands: [JSONValue] { self["subcommands"].elements }
  fileprivate var options: [JSONValue] { self["arguments"].elements }
  fileprivate var takesValue: Bool { self["kind"].text == "option" }

  /// The long spellings: the short ones need no completion.
  fileprivate var spellings: [String] {
    self["names"].elements.filter { $0["kind"].text == "long" }.map { "--\($0["name"].text)" }
  }

  fileprivate func option(_ spelling: String) -> JSONValue? {
    options.first { option in
      option["names"].elements.contains { name in
        (name["kind"].text == "long" ? "--" : "-") + name["name"].text == spelling
      }
    }
  }
}
