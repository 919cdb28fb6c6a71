/// HTTP/2 frames (RFC 9113 section 4.1) as bytes, including those that no correct client sends.
public enum Frame {
  /// The client connection preface with its SETTINGS frame.
  public static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings()

  public static func make(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
    let length = payload.count
    return [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags] + word(stream) + payload
  }

  public static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  public static func data(_ stream: UInt32, _ content: [UInt8] = [], ends: Bool = false) -> [UInt8] {
    make(0, flags: ends ? 1 : 0, stream: stream, content)
  }

  /// `GET /` or `POST /`, with names and values from HPACK's static table (RFC 7541 appendix A).
  public static func headers(
    _ stream: UInt32, method: UInt8 = 0x82, ends: Bool = true, isWhole: Bool = true
  ) -> [UInt8] {
    make(1, flags: (ends ? 1 : 0) | (isWhole ? 4 : 0), stream: stream, [method, 0x87, 0x84, 0x41, 1, 0x78])
  }

  public static let post: UInt8 = 0x83

  public static func priority(_ stream: UInt32) -> [UInt8] { make(2, stream: stream, word(0) + [16]) }
  public static func reset(_ stream: UInt32) -> [UInt8] { make(3, stream: stream, word(8)) }
  public static func settings(_ entries: [(UInt8, UInt32)] = [], isReply: Bool = false) -> [UInt8] {
    make(4, flags: isReply ? 1 : 0, entries.flatMap { [0, $0.0] + word($0.1) })
  }
  public static func ping(isReply: Bool = false) -> [UInt8] {
    make(6, flags: isReply ? 1 : 0, [UInt8](repeating: 7, count: 8))
  }
  public static func windowUpdate(_ stream: UInt32, by increment: UInt32) -> [UInt8] {
    make(8, stream: stream, word(increment))
  }
  public static func continuation(_ stream: UInt32, _ fragment: [UInt8] = []) -> [UInt8] {
    make(9, stream: stream, fragment)
  }

  /// Returns the complete frames at the beginning of the bytes.
  public static func read(_ bytes: [UInt8]) -> [(type: UInt8, stream: UInt8, payload: [UInt8])] {
    var frames: [(UInt8, UInt8, [UInt8])] = []
    var start = 0
    while bytes.count - start >= 9 {
      let length = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
      guard bytes.count - start >= 9 + length else { break }
      frames.append((bytes[start + 3], bytes[start + 8], Array(bytes[start + 9..<start + 9 + length])))
      start += 9 + length
    }
    return frames
  }

  /// Returns the error code of the last GOAWAY among the frames.
  public static func goAway(in bytes: [UInt8]) -> UInt8? { read(bytes).last { $0.type == 7 }.map { $0.payload[7] } }
}
