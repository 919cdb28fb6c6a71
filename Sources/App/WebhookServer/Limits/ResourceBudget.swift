internal import HTTPWire

/// How many loops there are, and how much each of them may take on.
struct ResourceBudget: Sendable {
  var eventLoopCount = 1
  var maxConnectionsPerLoop = ServerLimits.maxConnectionsPerLoop
  var maxHandshakesPerLoop = ServerLimits.maxHandshakesPerLoop
  var maxInFlightBytesPerLoop = HTTPLimits.inFlightMemory
  /// Of all loops together.
  var maxConnections = ServerLimits.maxConnectionsPerLoop

  init() {}

  /// As much as the limits, the process's descriptors and its memory allow: whatever peers do, it has to be enough.
  ///
  /// - Parameters:
  ///   - processors: For each of them there is a loop, if there is memory for it.
  ///   - memory: Bytes that the process may take.
  init(processors: Int, descriptors: Int, memory: Int) {
    let budget = max(memory - ServerLimits.reservedMemory, memory / 4)
    eventLoopCount = min(processors, max(1, budget / ServerLimits.minimumMemoryPerLoop))
    // Five eighths of it for connections, one for handshakes, two for what arrays that double make of bytes in flight.
    let eighth = budget / eventLoopCount / 8
    maxConnectionsPerLoop = min(
      ServerLimits.maxConnectionsPerLoop, max(1, 5 * eighth / ServerLimits.memoryPerConnection),
      max(1, (descriptors - ServerLimits.reservedDescriptors) / eventLoopCount))
    maxHandshakesPerLoop = min(ServerLimits.maxHandshakesPerLoop, max(1, eighth / ServerLimits.memoryPerHandshake))
    maxInFlightBytesPerLoop = min(HTTPLimits.inFlightMemory, eighth)
    maxConnections = maxConnectionsPerLoop * eventLoopCount
  }

  /// With fewer the server could not open its own files and accept a connection beside them.
  func minimumFileDescriptors(listeners: Int) -> Int {
    ServerLimits.minimumFileDescriptors + listeners + ServerLimits.descriptorsPerLoop * eventLoopCount
  }

  /// The most that peers can make all loops use.
  var maximumMemory: Int {
    let connections = maxConnectionsPerLoop * ServerLimits.memoryPerConnection
    let handshakes = maxHandshakesPerLoop * ServerLimits.memoryPerHandshake
    return eventLoopCount * (connections + handshakes + 2 * maxInFlightBytesPerLoop)
  }
}
