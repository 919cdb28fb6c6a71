package import Rules

/// The webhook's response to a change, with the result of every rule.
package struct CheckReport: Sendable, Equatable {
  /// Whether Harvester would act on the change, or consider its value as applied already.
  package enum Effect: Sendable, Equatable {
    case none
    /// The hash that Harvester recorded last is another one.
    case another(hash: String)
    /// Harvester has recorded no hash yet.
    case first
    /// The recorded hash is the value's, but other annotations differ from what Harvester wrote.
    case annotations
  }

  /// Nil for a change of another object, which is allowed without evaluation.
  package let checklist: Checklist?
  /// The text that would be stored; nil if it is the proposed one.
  package let storedAs: String?
  /// The hash of the text that would be stored; nil without one.
  package let valueHash: ValueHash?
  package let effect: Effect
  /// How much of the checklist is printed.
  package var detail = Detail.groups
  /// What the change would set in motion; nil if that is not asked.
  package var preview: ChangePreview?

  /// Evaluates a change as the API server calls the webhooks: it mutates the value first, then validates it.
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

  package var violations: [Violation] {
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
      // Harvester ignores an empty value as long as it has recorded nothing.
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
