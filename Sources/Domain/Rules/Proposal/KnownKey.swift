/// The keys of the setting's JSON object, in the order of its canonical spelling.
package enum KnownKey: String, CaseIterable, Sendable {
  case vlan
  case clusterNetwork
  case range
  case exclusiveVLAN = "exclusiveVlan"
  case exclude
}

extension KnownKey {
  /// Whether a key is one of the known ones, byte by byte.
  static func names(_ key: String) -> Bool {
    allCases.contains { $0.rawValue.utf8.elementsEqual(key.utf8) }
  }

  /// The known key that differs from a text at most in case, as Go's encoding/json compares keys.
  init?(folded text: String) {
    guard let key = Self.allCases.first(where: { $0.rawValue.caseFolded == text.caseFolded }) else { return nil }
    self = key
  }
}

extension String {
  var isKnownInAnotherCase: Bool { !KnownKey.names(self) && KnownKey(folded: self) != nil }

  /// ASCII letters in lower case, and the two letters outside ASCII that Go folds into it: U+017F and U+212A.
  fileprivate var caseFolded: [UInt32] {
    unicodeScalars.map { scalar in
      switch scalar.value {
      case 0x41...0x5A: scalar.value + 0x20
      case 0x017F: 0x73
      case 0x212A: 0x6B
      default: scalar.value
      }
    }
  }
}
