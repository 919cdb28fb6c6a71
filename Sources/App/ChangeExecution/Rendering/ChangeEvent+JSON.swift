internal import JSON
internal import Reports
internal import Rules

/// Renders the events as JSON, one object on one line for each event that brings news.
package struct ChangeEventLog {
  private var stopping: StoppingProgress?

  package init() {}

  // docs/cli.md documents the members. New ones may be added; none is renamed.
  /// - Parameter elapsed: The time since the start.
  package mutating func render(_ event: ChangeEvent, after elapsed: Duration) -> String {
    if case .stopping(let progress) = event {
      if progress == stopping { return "" }
      stopping = progress
    }
    if case .verifying(let monitor, nil) = event, !monitor.hasProgressed { return "" }
    let head = [JSONMember("event", event.name), JSONMember("elapsedSeconds", Int(elapsed.components.seconds))]
    return (head + event.members).line
  }
}

extension ChangeEvent {
  fileprivate var name: String {
    switch self {
    case .checked: "checked"
    case .previewed: "preview"
    case .resumed: "resumed"
    case .entered: "phase"
    case .requested: "requested"
    case .stopping: "stopping"
    case .written: "written"
    case .verifying: "verifying"
    case .starting: "starting"
    case .unreachable: "unreachable"
    case .notice: "notice"
    case .ended, .stopped: "ended"
    }
  }

  fileprivate var members: [JSONMember] {
    switch self {
    case .checked(let report): report.members
    case .previewed(let preview): preview.members
    case .resumed(let record), .entered(let record): record.members
    case .requested(let operation, let machine):
      [
        JSONMember("operation", operation.rawValue), JSONMember("namespace", machine.namespace),
        JSONMember("name", machine.name),
      ]
    case .stopping(let progress):
      [
        JSONMember("total", progress.total), JSONMember("stopped", progress.stopped),
        JSONMember("running", progress.running), JSONMember("attachedVolumes", progress.attachedVolumes),
      ]
    case .written(let value): [JSONMember("value", String(decoding: value, as: UTF8.self))]
    case .verifying(let monitor, _): monitor.members.filter { $0.key != "elapsedSeconds" }
    case .starting(let progress):
      [
        JSONMember("total", progress.total), JSONMember("started", progress.started),
        JSONMember("pending", progress.pending), JSONMember("failed", progress.failed),
      ]
    case .unreachable(let reason): [JSONMember("reason", reason)]
    case .notice(let text): [JSONMember("text", text)]
    case .ended(let outcome): outcome.members
    case .stopped(let stop): stop.members
    }
  }
}

extension ChangeRecord {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("phase", phase.rawValue), JSONMember("direction", direction.rawValue),
      JSONMember("value", String(decoding: value, as: UTF8.self)),
      JSONMember("virtualMachines", machines.map(\.reference)), JSONMember("holder", holder),
      JSONMember("startedAt", startedAt),
    ]
  }
}

extension ChangeOutcome {
  fileprivate var members: [JSONMember] {
    switch self {
    case .done(let machines, _):
      [JSONMember("outcome", "done"), JSONMember("stillStopped", machines.map(\.reference))]
    case .reverted: [JSONMember("outcome", "reverted")]
    case .unchanged: [JSONMember("outcome", "unchanged")]
    case .dryRun(let isAllowed): [JSONMember("outcome", "dryRun"), JSONMember("allowed", isAllowed)]
    }
  }
}

extension ChangeStop {
  var members: [JSONMember] {
    switch self {
    case .refused(let reasons, let advice):
      [JSONMember("outcome", "refused"), JSONMember("reasons", reasons), JSONMember("advice", advice)]
    case .stuck(let reason, let advice):
      [JSONMember("outcome", "stuck"), JSONMember("reasons", [reason]), JSONMember("advice", advice)]
    case .unavailable(let reason, let advice):
      [JSONMember("outcome", "unavailable"), JSONMember("reasons", [reason]), JSONMember("advice", advice)]
    case .declined: [JSONMember("outcome", "declined")]
    }
  }
}
