internal import JSON

/// Go's decoder fails on a value of another type, and Harvester then rejects the whole setting.
enum FieldTypesAreValid: Rule {
  static let requirement = "Every known key has a value of its type."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let network = fields.network
    require(network.vlan, .vlan, "a whole number without quotes, for example 100")
    require(network.clusterNetwork, .clusterNetwork, "a string, for example \"storage\"")
    require(network.range, .range, "a string, for example \"192.168.0.0/24\"")
    require(network.isExclusive, .exclusiveVLAN, "true or false without quotes")
    require(network.exclusions, .exclude, "a list of strings, for example [\"192.168.0.1/32\"]")

    func require<Value>(_ field: Field<Value>, _ key: KnownKey, _ expected: String) {
      guard case .wrongType(let value) = field else { return }
      findings.addViolation(fields.path(key), .typeInvalid(value.written.truncated(to: 80)), "must be \(expected)")
    }
  }
}
