package import ClusterState
package import Rules

/// What the execution of a change needs of the world, as functions: tests script a cluster behind them.
package struct ChangeCluster {
  /// Sends one request and returns its response.
  package var exchange: (APIRequest) throws(Unanswered) -> APIResponse
  /// The facts of the rules, watched; an error may be temporary.
  package var facts: () throws -> ChangeFacts
  /// What `verify` reads, watched; an error may be temporary.
  package var inspect: () throws -> VerifySnapshot
  /// The time since any fixed moment.
  package var elapsed: () -> Duration
  /// Waits, and lets what is watched arrive meanwhile.
  package var pause: (Duration) -> Void
  /// The time of day (RFC 3339).
  package var timestamp: () -> String

  package init(
    exchange: @escaping (APIRequest) throws(Unanswered) -> APIResponse, facts: @escaping () throws -> ChangeFacts,
    inspect: @escaping () throws -> VerifySnapshot, elapsed: @escaping () -> Duration,
    pause: @escaping (Duration) -> Void, timestamp: @escaping () -> String
  ) {
    self.exchange = exchange
    self.facts = facts
    self.inspect = inspect
    self.elapsed = elapsed
    self.pause = pause
    self.timestamp = timestamp
  }
}

/// Why a request has no response.
package struct Unanswered: Error, CustomStringConvertible {
  package let description: String

  package init(_ reason: String) {
    description = reason
  }
}

/// The facts of the rules, and what uses storage at the same time.
package struct ChangeFacts: Sendable {
  package let rules: ClusterFacts
  package let users: StorageUsers

  package init(_ rules: ClusterFacts, _ users: StorageUsers) {
    self.rules = rules
    self.users = users
  }

  var setting: SettingObject? { rules.storageNetwork }
  var machines: [VirtualMachineFact] { users.machines }
}
