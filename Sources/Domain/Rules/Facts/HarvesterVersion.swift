/// A release line of Harvester, such as v1.6, from the setting `server-version`.
package struct HarvesterVersion: Sendable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Parses a version such as `v1.6.1`, `v1.9.0-rc4` or `v1.9-1a2b3c-head`; nil for a text without a version, such as
  /// `master-1a2b3c-head`.
  package init?(serverVersion: String) {
    guard serverVersion.first == "v" else { return nil }
    let parts = serverVersion.dropFirst().split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0 != "-" }) else {
      return nil
    }
    self.init(major, minor)
  }

  /// Returns whether the version is also the name of a tag, such as `v1.6.1` or `v1.9.0-rc4`, and not a build of a branch.
  static func isTag(_ serverVersion: String) -> Bool {
    serverVersion.wholeMatch(of: /v\d{1,4}\.\d{1,4}\.\d{1,4}(-rc\d{1,4})?/) != nil
  }

  package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

  package var description: String { "v\(major).\(minor)" }
}
