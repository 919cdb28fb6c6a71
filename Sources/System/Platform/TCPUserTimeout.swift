internal import CLinux

/// How soon a connection whose other end has vanished is given up.
public enum TCPUserTimeout {
  /// Sent or probed, and not acknowledged for so long: the connection has failed (tcp(7), TCP_USER_TIMEOUT).
  ///
  /// - Parameter socket: A descriptor that somebody else owns.
  public static func set(_ socket: Int32, afterMilliseconds milliseconds: Int32) {
    // It can fail only on what is no TCP socket, and then there is nothing to give up.
    _ = clinux_set_user_timeout(socket, milliseconds)
  }
}
