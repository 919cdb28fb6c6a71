// The share of the memory budget: what nghttp2 holds, and the heads, bodies and responses of the streams.
extension HTTP2Session {
  /// Updates the reservation. False if nghttp2 holds much memory even with everything sent, and the budget is
  /// exhausted: the connection ends, because no more of it can be read.
  func updateReservation() -> Bool {
    reservation.shrink(to: memoryInUse)
    // A rejected connection ends anyway.
    if rejection != nil || excess == 0 || reserveMemory() { return true }
    reject(.memoryExhausted)
    return false
  }

  /// nghttp2's memory beyond that of any session, in bytes; small amounts do not count.
  var excess: Int {
    let surplus = allocatorState.bytes - HTTPLimits.memoryPerSession
    return surplus > HTTPLimits.accountingThreshold ? surplus : 0
  }

  var memoryInUse: Int { excess + headBytes + bodyBytes + responseBytes }

  /// Returns whether the budget has memory for all streams and `more` bytes.
  func reserveMemory(adding more: Int = 0) -> Bool { reservation.resize(to: memoryInUse + more) }
}
