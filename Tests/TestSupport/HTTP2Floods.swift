/// A flood over HTTP/2: initial frames, and the frames of each repetition by number.
public struct Flood: CustomStringConvertible, Sendable {
  public let description: String
  public let before: [UInt8]
  /// One repetition violates the protocol, which is the reason for the end of the connection.
  public let breaksProtocol: Bool
  public let turn: @Sendable (UInt32) -> [UInt8]

  init(
    _ description: String, before: [UInt8] = [], breaksProtocol: Bool = false,
    turn: @escaping @Sendable (UInt32) -> [UInt8]
  ) {
    self.description = description
    self.before = before
    self.breaksProtocol = breaksProtocol
    self.turn = turn
  }
}

extension Flood {
  /// Returns repetitions from a number on.
  public func turns(_ count: UInt32, from first: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in first..<first + count { bytes += turn(number) }
    return bytes
  }

  /// The stream IDs of clients are odd; 1 is left to the initial frames.
  private static func stream(_ turn: UInt32) -> UInt32 { 2 * turn + 3 }

  private static let upload = Frame.headers(1, method: Frame.post, ends: false)

  public static let all = [
    Flood("PING") { _ in Frame.ping() },
    Flood("PING replies without a PING") { _ in Frame.ping(isReply: true) },
    Flood("SETTINGS") { _ in Frame.settings() },
    Flood("SETTINGS that change the header table") { turn in
      Frame.settings([(1, turn % 2 * 4096), (1, 4096), (5, 16384)])
    },
    Flood("SETTINGS of many entries") { _ in Frame.settings(Array(repeating: (4, 65535), count: 100)) },
    Flood("SETTINGS replies without SETTINGS", breaksProtocol: true) { _ in Frame.settings(isReply: true) },
    Flood("PRIORITY") { turn in Frame.priority(stream(turn)) },
    Flood("WINDOW_UPDATE of one byte") { _ in Frame.windowUpdate(0, by: 1) },
    Flood("WINDOW_UPDATE of zero", breaksProtocol: true) { _ in Frame.windowUpdate(0, by: 0) },
    Flood("WINDOW_UPDATE beyond the maximum window", breaksProtocol: true) { _ in
      Frame.windowUpdate(0, by: 0x7FFF_FFFF)
    },
    Flood("frames of an unknown type") { _ in Frame.make(0xEE) },
    Flood("empty DATA", before: upload) { _ in Frame.data(1) },
    Flood("DATA of one byte", before: upload) { _ in Frame.data(1, [0x20]) },
    Flood("DATA of padding", before: upload) { _ in
      Frame.make(0, flags: 8, stream: 1, [255] + [UInt8](repeating: 0, count: 255))
    },
    Flood("empty CONTINUATION", before: Frame.headers(1, isWhole: false)) { _ in Frame.continuation(1) },
    Flood("CONTINUATION", before: Frame.headers(1, isWhole: false)) { _ in
      Frame.continuation(1, [UInt8](repeating: 0x90, count: 16))
    },
    Flood("requests cancelled at once") { turn in Frame.headers(stream(turn)) + Frame.reset(stream(turn)) },
    Flood("uploads cancelled at once") { turn in
      Frame.headers(stream(turn), method: Frame.post, ends: false) + Frame.reset(stream(turn))
    },
    Flood("requests without a path, which the server resets") { turn in
      Frame.make(1, flags: 5, stream: stream(turn), [0x82, 0x87])
    },
    Flood("WINDOW_UPDATE of zero on uploads", breaksProtocol: true) { turn in
      Frame.headers(stream(turn), method: Frame.post, ends: false) + Frame.windowUpdate(stream(turn), by: 0)
    },
    Flood("DATA on a stream that has ended", before: Frame.headers(1), breaksProtocol: true) { _ in
      Frame.data(1, [0x20])
    },
  ]
}
