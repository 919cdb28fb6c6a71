package import Reports

/// What `apply` reports, in order. One renderer shows the events as text, another one as JSON.
package enum ChangeEvent {
  /// The checklist of `check`.
  case checked(CheckReport)
  case previewed(ChangePreview)
  /// Another process has begun the change; this one goes on with it.
  case resumed(ChangeRecord)
  /// The phase was recorded.
  case entered(ChangeRecord)
  /// KubeVirt was asked.
  case requested(MachineRequest.Operation, Machine)
  case stopping(StoppingProgress)
  /// The API server has stored the value.
  case written([UInt8])
  case verifying(ProgressMonitor, ProgressMonitor.Outcome?)
  case starting(StartingProgress)
  /// The API server does not answer; nil when it does again.
  case unreachable(String?)
  case notice(String)
  case ended(ChangeOutcome)
  case stopped(ChangeStop)
}

/// How far the machines are that are being stopped.
package struct StoppingProgress: Sendable, Equatable {
  package let total: Int
  /// The machines that still run, with KubeVirt's status.
  package let running: [String]
  /// The names of the volumes that are still attached.
  package let attachedVolumes: [String]

  package var stopped: Int { total - running.count }
  package var isDone: Bool { running.isEmpty && attachedVolumes.isEmpty }
}

/// How far the machines are that are being started.
package struct StartingProgress: Sendable, Equatable {
  package let total: Int
  package let started: Int
  /// The machines that start, with KubeVirt's status.
  package let pending: [String]
  /// The machines that did not come up, with the reason.
  package let failed: [String]
}
