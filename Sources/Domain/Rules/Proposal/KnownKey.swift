/// The keys of the setting's JSON object, in the order of its canonical spelling.
package enum KnownKey: String, CaseIterable, Sendable {
  case vlan
  case clusterNetwork
  case range
  case exclusiveVLAN = "exclusiveVlan"
  case exclude
}

/// What a key in the object stands for.
enum KeyReading: Equatable, Sendable {
  case known(KnownKey)
  /// Harvester takes it for a known key, because Go compares keys without regard to case.
  case inAnotherCase(KnownKey)
  case unknown

  init(_ key: String) {
    // Swift takes canonically equivalent strings for equal; to the letters of these keys nothing else is equivalent. The
    // count alone rules most out.
    let count = key.utf8.count
    if let known = KnownKey.allCases.first(where: { $0.rawValue.utf8.count == count && $0.rawValue == key }) {
      self = .known(known)
    } else if let known = KnownKey.allCases.first(where: { $0.rawValue.caseFolded == key.caseFolded }) {
      self = .inAnotherCase(known)
    } else {
      self = .unknown
    }
  }

  /// The key whose entry Harvester takes this for.
  var key: KnownKey? {
    switch self {
    case .known(let key), .inAnotherCase(let key): key
    case .unknown: nil
    }
  }
}

extension String {
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
