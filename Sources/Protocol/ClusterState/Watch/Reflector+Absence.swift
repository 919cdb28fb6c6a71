internal import JSON

// Handling of 404 responses.
extension Reflector {
  mutating func handleNotFound(
    after step: Step, _ message: String, _ now: Duration, in objects: inout ObjectStore
  ) -> Action {
    let reason = "the API server answered 404\(message.isEmpty ? "" : ": \(message)")"
    status.isNotFound = true
    phase = .waiting(until: now, then: .list(continuing: ""))
    switch (kind.absenceProof, step) {
    case (nil, _):
      fail(reason, now)
      return .wait
    case (.discovery?, .list), (.discovery?, .watch):
      isUndiscovered = false
      status.lastError = reason
      return begin(.discover, now)
    case (.discovery?, .discover):
      // A kind that was served once does not disappear with its whole API group.
      isUndiscovered = status.lists == 0
    case (.definitions?, _):
      break
    }
    status.lastError = reason
    return evaluateAbsence(now, in: &objects)
  }

  /// Evaluates a complete discovery document.
  mutating func handleDiscovery(_ text: [UInt8], _ now: Duration, in objects: inout ObjectStore) -> Action {
    guard case .array(let resources)? = (try? JSONValue(parsing: text))?["resources"], !resources.isEmpty else {
      fail("the API server sent no discovery document", now)
      return .wait
    }
    isUndiscovered = !resources.contains { $0["name"]?.string == kind.resource.plural }
    if isUndiscovered { return evaluateAbsence(now, in: &objects) }
    fail("the API server answered 404 for a kind that its discovery document lists", now)
    return .wait
  }

  /// Evaluates an earlier 404 again. The owner calls this after each event of nodes or definitions.
  package mutating func reconsiderAbsence(_ now: Duration, in objects: inout ObjectStore) {
    guard status.isNotFound, let proof = kind.absenceProof, nextStep != nil else { return }
    switch objects.absence(of: kind, by: proof, isUndiscovered: isUndiscovered) {
    case .unknown: break
    case .proven: becomeAbsent(now, in: &objects)
    case .refuted:
      if status.state == .notInstalled { status.state = .notSynced }
      phase = .waiting(until: now, then: .list(continuing: ""))
    }
  }

  private mutating func evaluateAbsence(_ now: Duration, in objects: inout ObjectStore) -> Action {
    switch kind.absenceProof.map({ objects.absence(of: kind, by: $0, isUndiscovered: isUndiscovered) }) {
    case .proven?: becomeAbsent(now, in: &objects)
    case .refuted?: fail(status.lastError ?? "the API server answered 404", now)
    case .unknown?, nil: phase = .waiting(until: now + absenceRecheckInterval, then: .list(continuing: ""))
    }
    return .wait
  }

  private mutating func becomeAbsent(_ now: Duration, in objects: inout ObjectStore) {
    if status.state != .notInstalled { objects.replace(kind, from: ObjectStore()) }
    status.state = .notInstalled
    recordContact(now)
    phase = .waiting(until: now + absenceRecheckInterval, then: .list(continuing: ""))
  }
}
