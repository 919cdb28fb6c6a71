internal import HTTPWire

/// The number of event loops and the limits of each.
struct ResourceBudget: Sendable {
  var eventLoopCount = 1
  var maxConnectionsPerLoop = ServerLimits.maxConnectionsPerLoop
  var maxHandshakesPerLoop = ServerLimits.maxHandshakesPerLoop
  var maxInFlightBytesPerLoop = HTTPLimits.inFlightMemory
  /// Over all event loops.
  var maxConnections = ServerLimits.maxConnectionsPerLoop

  init() {}

  /// Computes the limits from the process's descriptors and memory, so that no peer can exceed them.
  ///
  /// - Parameters:
  ///   - processors: The number of event loops, if there is memory for so many.
  ///   - memory: Bytes that the process may use.
  init(processors: Int, descriptors: Int, memory: Int) {
    let budget = max(memory - ServerLimits.reservedMemory, memory / 4)
    eventLoopCount = min(processors, max(1, budget / ServerLimits.minimumMemoryPerLoop))
    // Five eighths for connections, one for handshakes, two for bytes in flight, whose arrays double as they grow.
    let eighth = budget / eventLoopCount / 8
    maxConnectionsPerLoop = min(
      ServerLimits.maxConnectionsPerLoop, max(1, 5 * eighth / ServerLimits.memoryPerConnection),
      max(1, (descriptors - ServerLimits.reservedDescriptors) / eventLoopCount))
    maxHandshakesPerLoop = min(ServerLimits.maxHandshakesPerLoop, max(1, eighth / ServerLimits.memoryPerHandshake))
    maxInFlightBytesPerLoop = min(HTTPLimits.inFlightMemory, eighth)
    maxConnections = maxConnectionsPerLoop * eventLoopCount
  }

  /// The minimum with which the server can open its own files and accept a connection.
  func minimumFileDescriptors(listeners: Int) -> Int {
    ServerLimits.minimumFileDescriptors + listeners + ServerLimits.descriptorsPerLoop * eventLoopCount
  }

  /// The maximum that peers can make all event loops use, in bytes.
  var maximumMemory: Int {
    let connections = maxConnectionsPerLoop * ServerLimits.memoryPerConnection
    let handshakes = maxHandshakesPerLoop * ServerLimits.memoryPerHandshake
    return eventLoopCount * (connections + handshakes + 2 * maxInFlightBytesPerLoop)
  }
}
