/// A message that does not deny the change.
package struct Warning: Sendable, Equatable {
  package let rule: String
  /// At most ``maxLength`` characters, all of them ASCII.
  ///
  /// The API server puts a warning into a header (RFC 7234 section 5.5), and Harvester's Web UI reads headers as Latin-1.
  package let message: String

  /// The Kubernetes API server cuts warnings longer than 256 characters.
  package static let maxLength = 255

  /// The bytes of an object's name in a warning. With its namespace a name may have 317 bytes; the longest warning with a
  /// shortened one still ends with its advice.
  static let maxNameLength = 80

  package init(rule: String, message: String) {
    self.rule = rule
    self.message = message.ascii(upTo: Self.maxLength)
  }

  /// Returns as few warnings as name every element, with at most ``NameList/limit`` in each.
  ///
  /// - Parameters:
  ///   - start: The beginning of the first warning.
  ///   - next: The beginning of the others.
  static func lines(of elements: [String], after start: String, thenAfter next: String) -> [String] {
    var lines: [String] = []
    var part: [String] = []
    func line(_ part: [String]) -> String { (lines.isEmpty ? start : next) + part.englishList }
    for element in elements {
      if part.count == NameList.limit || !part.isEmpty && line(part + [element]).utf8.count > maxLength {
        lines.append(line(part))
        part = []
      }
      part.append(element)
    }
    return part.isEmpty ? lines : lines + [line(part)]
  }
}
