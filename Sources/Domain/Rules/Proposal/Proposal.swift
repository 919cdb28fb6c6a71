internal import Addressing
internal import JSON

/// Which of the setting's two texts a message is about.
package enum SettingField: String, Sendable {
  case value
  case `default`
}

/// A text that somebody proposes as the storage network, read exactly once.
struct Proposal {
  enum Reading {
    /// The field holds no string at all.
    case notText
    case tooLong(bytes: Int)
    case notJSON(JSONError, text: [UInt8])
    case notAnObject(JSONKind)
    case network(ProposedNetwork)
  }

  let field: SettingField
  let reading: Reading

  /// Three thousand exclusions take as much. What is longer is no network, and every rule would have to work on it.
  static let longestText = 64 * 1024

  init(field: SettingField, text: SettingText) {
    self.field = field
    guard case .text(let bytes) = text else {
      reading = .notText
      return
    }
    if bytes.count > Self.longestText {
      reading = .tooLong(bytes: bytes.count)
      return
    }
    do {
      let value = try JSONValue(parsing: bytes)
      if case .object(let members) = value {
        reading = .network(ProposedNetwork(members))
      } else {
        reading = .notAnObject(value.kind)
      }
    } catch {
      reading = .notJSON(error, text: bytes)
    }
  }
}

/// What a JSON object says about the network, each entry as far as it could be read.
///
/// A class, though nothing in it ever changes: every subject of the rules holds it, and a copy then costs one count.
final class ProposedNetwork: Sendable {
  /// Everything that was written, in its order.
  let members: [JSONMember]
  /// The members whose keys are not written exactly as a known one is.
  let strangers: [Stranger]
  let vlan: Entry<Int>
  let clusterNetwork: Entry<String>
  let range: Entry<WrittenCIDR>
  let exclusions: Entry<[WrittenCIDR]>
  let isExclusive: Entry<Bool>

  struct Stranger {
    let key: String
    /// The known key that Harvester takes it for, because Go compares keys without regard to case.
    let isMeantAs: KnownKey?
  }

  init(_ members: [JSONMember]) {
    var strangers: [Stranger] = []
    var vlan = Entry<Int>.absent
    var clusterNetwork = Entry<String>.absent
    var range = Entry<WrittenCIDR>.absent
    var exclusions = Entry<[WrittenCIDR]>.absent
    var isExclusive = Entry<Bool>.absent
    // As Harvester reads it: the last one counts, in whatever case its key is written.
    for member in members {
      let reading = KeyReading(member.key)
      switch reading.key {
      case .vlan: vlan = Entry(member.value, read: \.wholeNumber)
      case .clusterNetwork: clusterNetwork = Entry(member.value, read: \.string)
      case .range: range = Entry(member.value) { $0.string.map(WrittenCIDR.init) }
      case .exclude: exclusions = Entry(member.value) { $0.texts?.map(WrittenCIDR.init) }
      case .exclusiveVLAN: isExclusive = Entry(member.value, read: \.truth)
      case nil: break
      }
      if case .known = reading { continue }
      strangers.append(Stranger(key: member.key, isMeantAs: reading.key))
    }
    self.members = members
    self.strangers = strangers
    self.vlan = vlan
    self.clusterNetwork = clusterNetwork
    self.range = range
    self.exclusions = exclusions
    self.isExclusive = isExclusive
  }
}

/// One entry of the object.
enum Entry<Value: Sendable>: Sendable {
  /// The key is missing or null; Go reads both as the type's zero.
  case absent
  case wrongType(JSONValue)
  case value(Value)

  init(_ written: JSONValue, read: (JSONValue) -> Value?) {
    if case .null = written {
      self = .absent
    } else {
      self = read(written).map(Entry.value) ?? .wrongType(written)
    }
  }

  var value: Value? {
    guard case .value(let value) = self else { return nil }
    return value
  }
}

/// A CIDR together with the text it was read from, because advice quotes what was written.
struct WrittenCIDR: Sendable {
  let text: String
  let reading: Result<CIDR, AddressError>

  init(_ text: String) {
    self.text = text
    reading = Result { () throws(AddressError) in try CIDR(text) }
  }

  var cidr: CIDR? { try? reading.get() }

  /// The network, if the text is one: an IPv4 CIDR without host bits.
  var network: IPv4Prefix? {
    guard let cidr, !cidr.hasHostBits else { return nil }
    return cidr.network
  }
}

extension JSONValue {
  fileprivate var texts: [String]? {
    guard case .array(let elements) = self else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }

  fileprivate var truth: Bool? {
    guard case .bool(let truth) = self else { return nil }
    return truth
  }

  /// A number without fraction and exponent, as Go reads an integer; one too large for a word is the largest word. Go
  /// reads no `-0` as a number without sign.
  fileprivate var wholeNumber: Int? {
    guard case .number(let written) = self else { return nil }
    let isNegative = written.utf8.first == UInt8(ascii: "-")
    if let number = Int(written) { return isNegative && number == 0 ? nil : number }
    let isWhole = written.utf8.dropFirst(isNegative ? 1 : 0).allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    guard isWhole else { return nil }
    return isNegative ? Int.min : Int.max
  }
}
