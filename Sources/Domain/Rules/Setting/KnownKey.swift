internal import JSON

/// The keys of the setting's JSON object, in the order of its canonical spelling.
package enum KnownKey: CaseIterable, Sendable {
  case vlan
  case clusterNetwork
  case range
  case exclusiveVLAN
  case exclude

  /// The key as it is written.
  var spelling: StaticString {
    switch self {
    case .vlan: "vlan"
    case .clusterNetwork: "clusterNetwork"
    case .range: "range"
    case .exclusiveVLAN: "exclusiveVlan"
    case .exclude: "exclude"
    }
  }

  /// Compares byte by byte: this runs for each member and key, and a generic comparison took a fifth of normalising.
  func isSpelled(_ text: String) -> Bool {
    let bytes = text.utf8.span
    guard bytes.count == spelling.utf8CodeUnitCount else { return false }
    // Sound: the literal has as many bytes.
    for offset in bytes.indices where unsafe bytes[offset] != spelling.utf8Start[offset] { return false }
    return true
  }

  /// Returns whether Go reads the text as this key.
  func isSpelledInAnyCase(_ text: String) -> Bool {
    // Sound: the bytes are borrowed for the call.
    spelling.withUTF8Buffer { spelling in
      unsafe text.unicodeScalars.lazy.map(\.caseFolded)
        .elementsEqual(spelling.lazy.map { Unicode.Scalar($0).caseFolded })
    }
  }

  /// The key as it is written, for a message.
  var name: String { "\(spelling)" }
}

/// The known key that a key of the object is read as.
enum KeyMatch: Equatable, Sendable {
  case known(KnownKey)
  /// Harvester reads it as a known key, because Go ignores the case of keys.
  case inAnotherCase(KnownKey)
  case unknown

  /// A known key, the usual case, is found without a copy.
  init(_ key: borrowing JSONToken) {
    let known = KnownKey.allCases.first { key.equals($0.spelling) }
    self = known.map(Self.known) ?? KeyMatch(key.string)
  }

  init(_ key: String) {
    if let known = KnownKey.allCases.first(where: { $0.isSpelled(key) }) {
      self = .known(known)
    } else if let known = KnownKey.allCases.first(where: { $0.isSpelledInAnyCase(key) }) {
      self = .inAnotherCase(known)
    } else {
      self = .unknown
    }
  }

  /// The known key that Harvester reads it as; nil for an unknown one.
  var key: KnownKey? {
    switch self {
    case .known(let key), .inAnotherCase(let key): key
    case .unknown: nil
    }
  }
}

extension Unicode.Scalar {
  /// An ASCII letter in lower case, and so the two letters outside ASCII that Go folds into it: U+017F and U+212A.
  fileprivate var caseFolded: UInt32 {
    switch value {
    case 0x41...0x5A: value + 0x20
    case 0x017F: 0x73
    case 0x212A: 0x6B
    default: value
    }
  }
}
