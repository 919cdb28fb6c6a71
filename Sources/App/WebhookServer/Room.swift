internal import HTTPWire

/// How many loops there are, and how much each of them may take on.
struct Room: Sendable {
  var loops = 1
  var ofLoop = ServerLimits.connectionsPerLoop
  var handshakesOfLoop = ServerLimits.handshakesPerLoop
  var bytesInFlightOfLoop = HTTPLimits.sharedMemory
  /// Of all loops together.
  var ofServer = ServerLimits.connectionsPerLoop

  init() {}

  /// As much as the limits, the process's descriptors and its memory allow: whatever peers do, it has to be enough.
  ///
  /// - Parameters:
  ///   - processors: For each of them there is a loop, if there is memory for it.
  ///   - memory: Bytes that the process may take.
  init(processors: Int, descriptors: Int, memory: Int) {
    let budget = max(memory - ServerLimits.otherMemory, memory / 4)
    loops = min(processors, max(1, budget / ServerLimits.leastMemoryOfLoop))
    // Five eighths of it for connections, one for handshakes, two for what arrays that double make of bytes in flight.
    let eighth = budget / loops / 8
    ofLoop = min(
      ServerLimits.connectionsPerLoop, max(1, 5 * eighth / ServerLimits.memoryOfConnection),
      max(1, (descriptors - ServerLimits.otherDescriptors) / loops))
    handshakesOfLoop = min(ServerLimits.handshakesPerLoop, max(1, eighth / ServerLimits.memoryOfHandshake))
    bytesInFlightOfLoop = min(HTTPLimits.sharedMemory, eighth)
    ofServer = ofLoop * loops
  }

  /// With fewer the server could not open its own files and accept a connection beside them.
  func leastDescriptors(listeners: Int) -> Int {
    ServerLimits.leastDescriptors + listeners + ServerLimits.descriptorsOfLoop * loops
  }

  /// The most that peers can make all loops use.
  var ceiling: Int {
    let connections = ofLoop * ServerLimits.memoryOfConnection
    let handshakes = handshakesOfLoop * ServerLimits.memoryOfHandshake
    return loops * (connections + handshakes + 2 * bytesInFlightOfLoop)
  }
}
