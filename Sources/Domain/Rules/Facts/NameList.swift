/// The names that a message says of many: the first ones in order, and the number of all.
package struct NameList: Sendable, Equatable {
  /// The maximum number of objects that a message names. Dialogs are small, so further ones are only counted.
  package static let limit = 10

  /// At most ``limit``.
  package let first: [String]
  package let count: Int

  package init(first: [String] = [], count: Int = 0) {
    self.first = first
    self.count = count
  }

  package var isEmpty: Bool { count == 0 }

  /// `a`, `a and b`, `a, b and c`, and from the eleventh on `..., j and 5 more`.
  package var englishList: String {
    let names = count > first.count ? first + ["\(count - first.count) more"] : first
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) and \(last)"
  }
}
