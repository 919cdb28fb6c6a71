package import JSON

/// One entry of an object's `status.conditions`.
package struct Condition: Sendable, Equatable {
  package var type = ""
  package var status = ""
  package var reason = ""
  package var message = ""
  /// RFC 3339; empty without one.
  package var lastUpdateTime = ""
}

extension [Condition] {
  /// Harvester's condition `ready`; nil without one.
  var isReady: Bool? { first { $0.type == "ready" }.map { $0.status == "True" } }

  /// The reason for not being ready: the first text of the condition `ready` and then of the other failed ones. Empty
  /// while ready or without a text.
  var problem: String {
    if isReady == true { return "" }
    let failed = filter { $0.type == "ready" } + filter { $0.type != "ready" && $0.status != "True" }
    return failed.lazy.flatMap { [$0.message, $0.reason] }.first { !$0.isEmpty } ?? ""
  }
}

extension JSONReader {
  package mutating func readConditions() throws(JSONError) -> [Condition] {
    var conditions: [Condition] = []
    try readElements { reader throws(JSONError) in conditions.append(try reader.readCondition()) }
    return conditions
  }

  /// Reads the first condition of a type, and its index; skips the others, however many there are.
  package mutating func readCondition(
    ofType type: String
  ) throws(JSONError) -> (condition: Condition, index: Int)? {
    var found: (Condition, Int)?
    var index = 0
    try readElements { reader throws(JSONError) in
      defer { index += 1 }
      guard found == nil else { return }
      let condition = try reader.readCondition()
      if condition.type.isExactly(type) { found = (condition, index) }
    }
    return found
  }

  private mutating func readCondition() throws(JSONError) -> Condition {
    var condition = Condition()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("type") {
        condition.type = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("status") {
        condition.status = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("reason") {
        condition.reason = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("message") {
        condition.message = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("lastUpdateTime") {
        condition.lastUpdateTime = try reader.readStringIfPresent()?.string ?? ""
      }
    }
    return condition
  }
}
