package import Platform

/// The option `--listen` of a server.
package enum ListenOption {
  /// Opens a socket that listens on the option's address.
  ///
  /// - Parameter open: Creates the socket.
  package static func open<Socket: ~Copyable>(
    _ text: String, _ open: (SocketAddress) throws(Errno) -> Socket
  ) throws(ProgramError) -> Socket {
    guard let address = SocketAddress(text) else {
      throw ProgramError(
        "--listen \(text): must be an address and a port, for example 0.0.0.0:8443 or [::]:8443; names are not looked up"
      )
    }
    do throws(Errno) {
      return try open(address)
    } catch {
      throw ProgramError("--listen \(text): \(error)\(remedy(for: error))")
    }
  }

  private static func remedy(for error: Errno) -> String {
    switch error {
    case .addressInUse: "; another program listens there (ss -ltnp shows which)"
    case .permissionDenied: "; a port below 1024 needs root or CAP_NET_BIND_SERVICE"
    case .addressNotAvailable: "; no interface of this machine has that address (ip address lists them)"
    default: ""
    }
  }
}
