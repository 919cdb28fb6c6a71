import Foundation
import JSON

/// Skipping, reading and writing must agree with each other, and with Foundation.
func checkJSON(_ input: [UInt8]) -> String? {
  let skipped = Result { () throws(JSONError) in try skipAll(input) }
  let read = Result { () throws(JSONError) in try JSONValue(parsing: input) }
  let value: JSONValue
  switch (skipped, read) {
  case (.failure(let one), .failure(let other)):
    if one != other { return "skipping: \(one), reading: \(other)" }
    return foundationAccepts(input, unless: one)
  case (.success, .success(let tree)):
    value = tree
  default:
    return "skipping: \(skipped), reading: \(read)"
  }
  var writer = JSONWriter()
  writer.append(sorted: value)
  guard let again = try? JSONValue(parsing: writer.bytes) else { return "the written text cannot be read" }
  var second = JSONWriter()
  second.append(sorted: again)
  if second.bytes != writer.bytes { return "writing is not a fixed point" }
  return difference(of: value, on: input)
}

private func skipAll(_ input: [UInt8]) throws(JSONError) {
  var reader = JSONReader(input.span)
  try reader.skip()
  try reader.readEnd()
}

/// Foundation guesses encodings from NUL bytes and byte order marks, has another depth limit, and rejects numbers
/// that no Double can represent; otherwise it must agree.
private func isComparable(_ input: [UInt8]) -> Bool {
  !input.contains(0) && !input.starts(with: [0xEF, 0xBB, 0xBF]) && !input.starts(with: [0xFE, 0xFF])
    && !input.starts(with: [0xFF, 0xFE])
}

private func foundationAccepts(_ input: [UInt8], unless error: JSONError) -> String? {
  // It also accepts a comma before the end of an object or array, unlike RFC 8259.
  let closing = [UInt8(ascii: "}"), UInt8(ascii: "]")]
  guard isComparable(input), error.problem != .tooDeep, !input.isEmpty,
    !(error.offset < input.count && closing.contains(input[error.offset])),
    (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil
  else { return nil }
  return "rejected with \(error), but Foundation accepts it"
}

private func difference(of value: JSONValue, on input: [UInt8]) -> String? {
  guard isComparable(input), hasOrdinaryNumbers(value) else { return nil }
  do {
    let theirs = try JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
    return agrees(value, theirs) ? nil : "Foundation reads something else"
  } catch {
    return "Foundation does not read it: \(error)"
  }
}

private func hasOrdinaryNumbers(_ value: JSONValue) -> Bool {
  switch value {
  case .number(let digits): digits.utf8.count < 16 && !digits.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
  case .array(let elements): elements.allSatisfy(hasOrdinaryNumbers)
  case .object(let members): members.allSatisfy { hasOrdinaryNumbers($0.value) }
  default: true
  }
}

private func agrees(_ ours: JSONValue, _ theirs: Any) -> Bool {
  switch ours {
  case .null: theirs is NSNull
  case .bool(let truth): (theirs as? NSNumber)?.boolValue == truth
  case .number(let digits): (theirs as? NSNumber)?.doubleValue == Double(digits)
  case .string(let text): (theirs as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
  case .array(let elements):
    (theirs as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy(agrees) } ?? false
  case .object(let members): agrees(members, theirs)
  }
}

/// Of repeated keys Foundation keeps an arbitrary one, and it treats canonically equivalent keys as equal.
private func agrees(_ members: [JSONMember], _ theirs: Any) -> Bool {
  guard let theirs = theirs as? [String: Any] else { return false }
  let keys = Set(members.map(\.key))
  guard keys.count == theirs.count else { return false }
  return members.allSatisfy { member in
    members.count { $0.key == member.key } > 1 || theirs[member.key].map { agrees(member.value, $0) } ?? false
  }
}
