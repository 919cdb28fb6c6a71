import ClusterState
import Rules

/// A response is processed equally for every split; the first byte selects the size of the pieces.
func checkWatch(_ input: [UInt8]) -> String? {
  guard let size = input.first, size > 0 else { return nil }
  let sent = Array(input.dropFirst())
  for asksForList in [true, false] {
    let whole = WatchResult(sent, inPiecesOf: max(sent.count, 1), asksForList: asksForList)
    let cut = WatchResult(sent, inPiecesOf: Int(size), asksForList: asksForList)
    if whole != cut { return "as a \(asksForList ? "list" : "stream"), cut it means something else" }
  }
  return nil
}

/// The objects after a response to a list, or to the watch after an empty list.
private struct WatchResult: Equatable {
  let status: ReflectorStatus
  let running: UnstoppedMachines

  init(_ sent: [UInt8], inPiecesOf size: Int, asksForList: Bool) {
    var machine = Reflector(.virtualMachineInstance, staleness: .seconds(120), seed: 1)
    var objects = ObjectStore()
    _ = machine.tick(.zero)
    if !asksForList {
      let none = #"{"kind":"VirtualMachineInstanceList","metadata":{"resourceVersion":"1"},"items":[]}"#
      Self.feed(Array(none.utf8), inPiecesOf: none.utf8.count, to: &machine, &objects)
    }
    Self.feed(sent, inPiecesOf: size, to: &machine, &objects)
    status = machine.status
    running = objects.facts.unstoppedMachines
  }

  /// A complete response with status 200; the rest is not delivered after the reflector cancels the request.
  private static func feed(
    _ bytes: [UInt8], inPiecesOf size: Int, to machine: inout Reflector, _ objects: inout ObjectStore
  ) {
    guard machine.responded(200, .zero) == .wait else { return }
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = start..<min(start + size, bytes.count)
      guard machine.received(bytes.span.extracting(piece), .zero, into: &objects) == .wait else { return }
    }
    _ = machine.ended(.zero, into: &objects)
  }
}
