package import Rules

/// What the webhook would say of a change, with the whole list of what it asks.
package struct CheckReport: Sendable, Equatable {
  /// Whether Harvester would carry the change out, or take it for what it has carried out already.
  package enum Effect: Sendable, Equatable {
    case none
    /// The hash that Harvester noted last is another one.
    case another(hash: String)
    /// Harvester has noted none yet.
    case first
    /// The hash is the value's, but other annotations are not those that Harvester wrote.
    case annotations
  }

  /// Nil for a change of another object, which is allowed without a look.
  package let checklist: Checklist?
  /// The text that would be stored, where it is not the proposed one.
  package let storedAs: String?
  /// Of the text that would be stored; nil where none would be.
  package let valueHash: ValueHash?
  package let effect: Effect

  /// Judges as the API server lets the webhooks judge: first the value is normalised, then validated.
  package init(of change: Change?, in facts: ClusterFacts, _ options: RulesetOptions) {
    guard let change else {
      (checklist, storedAs, valueHash, effect) = (nil, nil, nil, .none)
      return
    }
    let operations = change.patch
    let stored = change.applying(operations)
    checklist = Ruleset(options: options).checklist(of: stored, in: SharedFacts(facts))
    storedAs = operations.lazy.compactMap(\.value).first.map { String(decoding: $0, as: UTF8.self) }
    if stored.operation != .delete, case .text(let bytes) = stored.new.value {
      let valueHash = ValueHash(of: bytes)
      self.valueHash = valueHash
      effect = Effect(of: valueHash, isEmpty: bytes.isEmpty, stored)
    } else {
      (valueHash, effect) = (nil, .none)
    }
  }

  package var isAllowed: Bool {
    if case .denied? = checklist?.verdict { false } else { true }
  }

  var violations: [Violation] {
    if case .denied(let violations, _)? = checklist?.verdict { violations } else { [] }
  }

  var warnings: [Warning] {
    switch checklist?.verdict {
    case .allowed(let warnings)?, .denied(_, let warnings)?: warnings
    case nil: []
    }
  }
}

extension CheckReport.Effect {
  fileprivate init(of valueHash: ValueHash, isEmpty: Bool, _ change: Change) {
    let hash = change.new.annotations?.hash ?? ""
    if hash.isEmpty, change.old.annotations == nil {
      // Harvester passes an empty value over as long as it has noted nothing.
      self = isEmpty ? .none : .first
    } else if hash != valueHash.description {
      self = .another(hash: hash)
    } else {
      self = change.altersAnnotations ? .annotations : .none
    }
  }
}

extension PatchOperation {
  fileprivate var value: [UInt8]? {
    guard case .setValue(let value, _) = self else { return nil }
    return value
  }
}
