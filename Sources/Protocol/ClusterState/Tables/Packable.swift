internal import Rules

/// A fact that a ``PackedTable`` keeps as bytes.
protocol Packable: Sendable {
  func pack(into bytes: inout PackedBytes)
  init(unpacking reader: inout PackedReader, name: NamespacedName)
}

/// The bytes of a fact: numbers, and texts with their lengths.
struct PackedBytes {
  private(set) var bytes: [UInt8] = []

  /// Appends a number, seven bits a byte, the lowest first.
  mutating func append(_ number: Int) {
    var rest = UInt(bitPattern: number)
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes += text.utf8
  }

  mutating func append(_ text: ArraySlice<UInt8>) {
    append(text.count)
    bytes += text
  }

  mutating func append(_ text: String?) {
    append(text == nil ? 0 : 1)
    if let text { append(text) }
  }
}

extension Span<UInt8> {
  /// Reads what ``PackedBytes`` writes for a number, and moves the offset behind it.
  @inline(__always)
  func packedNumber(at offset: inout Int) -> Int {
    let first = self[offset]
    offset &+= 1
    return first < 0x80 ? Int(first) : packedNumber(startingWith: first, at: &offset)
  }

  private func packedNumber(startingWith first: UInt8, at offset: inout Int) -> Int {
    var number = UInt(first & 0x7F)
    var shift: UInt = 7
    while true {
      let byte = self[offset]
      offset += 1
      number |= UInt(byte & 0x7F) << shift
      if byte < 0x80 { return Int(bitPattern: number) }
      shift += 7
    }
  }
}

struct PackedReader {
  private let bytes: ArraySlice<UInt8>
  private var offset = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  mutating func number() -> Int {
    var next = offset
    defer { offset = next }
    return bytes.span.packedNumber(at: &next)
  }

  mutating func text() -> String {
    let length = number()
    let start = offset
    offset += length
    return String(decoding: bytes.dropFirst(start).prefix(length), as: UTF8.self)
  }

  mutating func optionalText() -> String? { number() == 0 ? nil : text() }
}

extension VolumeFact: Packable {
  func pack(into bytes: inout PackedBytes) {
    for text in [state, node, namespace, claim] { bytes.append(text) }
    bytes.append(pods.count)
    for pod in pods { bytes.append(pod) }
    bytes.append(workloads.count)
    for workload in workloads {
      bytes.append(workload.kind)
      bytes.append(workload.name)
    }
  }

  init(unpacking reader: inout PackedReader, name: NamespacedName) {
    self.init(name: name.name, state: reader.text())
    node = reader.text()
    namespace = reader.text()
    claim = reader.text()
    for _ in 0..<reader.number() { pods.append(reader.text()) }
    for _ in 0..<reader.number() { workloads.append(Workload(kind: reader.text(), name: reader.text())) }
  }
}
