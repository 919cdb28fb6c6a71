internal import CLinux

/// The timeout of a connection whose peer has vanished.
public enum TCPUserTimeout {
  /// Sets the time after which unacknowledged data or probes fail the connection (tcp(7), TCP_USER_TIMEOUT).
  ///
  /// - Parameter socket: A descriptor owned by the caller.
  public static func set(_ socket: Int32, afterMilliseconds milliseconds: Int32) {
    // It fails only for a descriptor that is no TCP socket, which needs no timeout.
    _ = clinux_set_user_timeout(socket, milliseconds)
  }
}
