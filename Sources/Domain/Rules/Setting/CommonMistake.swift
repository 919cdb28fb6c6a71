internal import Addressing

/// A common mistake in a text that is not a CIDR, and its correction.
struct CommonMistake {
  /// The part of the text that a CIDR does not have.
  private let description: String
  let correction: CIDR

  /// The requirement, and the mistake.
  var explanation: String { "must be an IPv4 network in CIDR notation, but has \(description)" }

  /// Nil if the text has no common mistake.
  init?(in text: String) {
    // No CIDR is longer.
    guard text.utf8.count <= 64 else { return nil }
    let trimmed = text.withoutInvisibleEnds
    let halves = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false).map(\.withoutLeadingZeros)
    let address = numbers.joined(separator: ".")
    let netmask = (try? IPv4Address(String(halves[1])))?.lengthOfNetmask
    let length = netmask.map { "\($0)" } ?? String(halves[1].withoutLeadingZeros)
    // A /0 is never intended.
    guard let correction = try? CIDR("\(address)/\(length)"), correction.length > 0 else { return nil }
    let mistakes = [
      text.descriptionOfEnds(around: trimmed),
      address != halves[0] || netmask == nil && length != halves[1] ? "a number with leading zeros" : nil,
      netmask != nil ? "a netmask in place of a prefix length" : nil,
    ]
    description = mistakes.compactMap(\.self).englishList
    self.correction = correction
  }
}

extension IPv4Address {
  /// The prefix length of a netmask, ones and then zeros; nil for any other address and for 0.0.0.0.
  fileprivate var lengthOfNetmask: Int? {
    let length = (~rawValue).leadingZeroBitCount
    return length > 0 && rawValue.nonzeroBitCount == length ? length : nil
  }
}

extension Substring {
  /// The shortest spelling of a decimal number; any other text unchanged.
  fileprivate var withoutLeadingZeros: Substring {
    guard utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return self }
    let digits = drop { $0 == "0" }
    return digits.isEmpty ? suffix(1) : digits
  }
}

extension String {
  /// The text without white space and zero-width characters at its ends.
  fileprivate var withoutInvisibleEnds: String { withoutEnds { $0 == " " || !$0.isPrintable } }

  /// Returns a description of the characters around `rest`; nil without any.
  fileprivate func descriptionOfEnds(around rest: String) -> String? {
    if rest == self { return nil }
    let isWhiteSpace = withoutEnds { $0.properties.isWhitespace } == rest
    return "\(isWhiteSpace ? "white space" : "invisible characters") around it"
  }

  private func withoutEnds(_ belongToEnds: (Unicode.Scalar) -> Bool) -> String {
    let start = unicodeScalars.drop(while: belongToEnds)
    let count = start.reversed().drop(while: belongToEnds).count
    return String(start.prefix(count))
  }
}
