import ClusterState
import Rules

/// What a server sends is taken alike however it is cut; the first byte says into pieces of which size.
func complaintAboutWatch(_ input: [UInt8]) -> String? {
  guard let size = input.first, size > 0 else { return nil }
  let sent = Array(input.dropFirst())
  for asksForList in [true, false] {
    let whole = Following(sent, inPiecesOf: max(sent.count, 1), asksForList: asksForList)
    let cut = Following(sent, inPiecesOf: Int(size), asksForList: asksForList)
    if whole != cut { return "as a \(asksForList ? "list" : "stream"), cut it means something else" }
  }
  return nil
}

/// What is known after a server has sent some bytes as the answer to a list, or to the watch after an empty list.
private struct Following: Equatable {
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

  /// One whole answer with the status 200; a machine that has had enough of it is not sent the rest.
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
