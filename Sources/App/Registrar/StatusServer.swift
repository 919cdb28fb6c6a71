internal import HTTPWire
internal import Platform
internal import WebhookCore

/// Serves the kubelet and Prometheus over plain HTTP: a handful of clients, one request per connection.
final class StatusServer {
  private let poller: Poller
  private let listener: Listener
  private let signals: Signals
  private let buffer = ReceiveBuffer(chunkSize: 16 * 1024, chunks: 1)
  private var connections: [UInt32: Connection] = [:]
  private var accepted: UInt32 = 0
  let address: SocketAddress

  private final class Connection {
    let socket: Socket
    let session = HTTPSession.http1(HTTP1Session())
    var output: [UInt8] = []
    var isClosing = false
    let deadline: MonotonicInstant

    init(_ socket: consuming Socket) {
      self.socket = socket
      deadline = .now + StatusServer.timeout
      // Every connection ends with its first response.
      _ = session.beginDrain(output: &output)
    }
  }

  /// The time from accept to close; a probe of the kubelet times out earlier.
  private static let timeout: Duration = .seconds(10)
  private static let maxConnections = 64

  init(listen text: String, signals: consuming Signals) throws {
    listener = try ListenOption.open(text) { address throws(Errno) in try Listener(on: address, backlog: 64) }
    address = listener.address
    self.signals = signals
    poller = try Poller(batch: 16)
    try poller.register(listener.descriptor, as: Self.token(0), for: .reading)
    try poller.register(self.signals.descriptor, as: Self.token(1), for: .reading)
    accepted = 1
  }

  private static func token(_ slot: UInt32) -> Poller.Token { Poller.Token(slot: slot, generation: 0) }

  /// Serves until a signal.
  func run(_ handler: (borrowing HTTPRequest) -> HTTPResponse) throws {
    while true {
      let next = connections.values.map(\.deadline).min()
      var ready: [UInt32] = []
      try poller.wait(until: next) { ready.append($0.token.slot) }
      for slot in ready {
        switch slot {
        case 0: try accept()
        case 1: if try signals.next() != nil { return }
        default: serve(slot, handler)
        }
      }
      let now = MonotonicInstant.now
      for (slot, connection) in connections where connection.deadline <= now { close(slot) }
    }
  }

  private func accept() throws(Errno) {
    guard case .connection(let socket, _) = try listener.accept() else { return }
    // More connections than clients: the oldest is closed.
    if connections.count >= Self.maxConnections, let oldest = connections.keys.min() { close(oldest) }
    accepted += 1
    let connection = Connection(socket)
    try poller.register(connection.socket.descriptor, as: Self.token(accepted), for: .reading)
    connections[accepted] = connection
  }

  private func serve(_ slot: UInt32, _ handler: (borrowing HTTPRequest) -> HTTPResponse) {
    guard let connection = connections[slot] else { return }
    if !connection.isClosing { receive(connection, handler) }
    guard send(connection) else { return close(slot) }
    if connection.output.isEmpty {
      if connection.isClosing { close(slot) }
    } else {
      try? poller.change(connection.socket.descriptor, as: Self.token(slot), to: .writing)
    }
  }

  private func receive(_ connection: Connection, _ handler: (borrowing HTTPRequest) -> HTTPResponse) {
    buffer.clear()
    guard let progress = try? connection.socket.receive(into: buffer) else { return connection.isClosing = true }
    guard case .processed(let range) = progress else { return }
    if range.isEmpty { return connection.isClosing = true }
    buffer.withBytes(range) { bytes in
      let state = connection.session.receive(
        bytes, at: HTTPDate(secondsSince1970: WallClock.seconds), output: &connection.output, handler: handler)
      if case .closing = state { connection.isClosing = true }
    }
  }

  /// Returns false if the peer is gone.
  private func send(_ connection: Connection) -> Bool {
    while !connection.output.isEmpty {
      let output = connection.output
      guard let progress = try? connection.socket.send(output.span) else { return false }
      guard case .processed(let count) = progress else { return true }
      connection.output.removeFirst(count)
    }
    return true
  }

  private func close(_ slot: UInt32) {
    guard let connection = connections.removeValue(forKey: slot) else { return }
    try? poller.remove(connection.socket.descriptor)
    connection.socket.endSending()
  }
}
