package import JSON

/// One entry of an object's `status.conditions`.
package struct Condition: Sendable, Equatable {
  package var type = ""
  package var status = ""
  package var reason = ""
  package var message = ""
}

extension JSONReader {
  package mutating func readConditions() throws(JSONError) -> [Condition] {
    var conditions: [Condition] = []
    try readElements { reader throws(JSONError) in
      var condition = Condition()
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("type") {
          condition.type = try reader.readStringIfAny()?.string ?? ""
        } else if key.equals("status") {
          condition.status = try reader.readStringIfAny()?.string ?? ""
        } else if key.equals("reason") {
          condition.reason = try reader.readStringIfAny()?.string ?? ""
        } else if key.equals("message") {
          condition.message = try reader.readStringIfAny()?.string ?? ""
        }
      }
      conditions.append(condition)
    }
    return conditions
  }
}
