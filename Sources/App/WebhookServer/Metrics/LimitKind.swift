internal import HTTPWire
internal import TLSWire

/// A limit of the server, as the metric `limits_reached_total` names it.
enum LimitKind: String, CaseIterable {
  case connections
  case descriptors
  case handshakes
  /// The in-flight memory of an event loop.
  case memory
  case handshakeTime = "handshake_time"
  case headTime = "head_time"
  case bodyTime = "body_time"
  case sendingTime = "sending_time"
  case targetSize = "target_size"
  case headSize = "head_size"
  case fieldCount = "field_count"
  case bodySize = "body_size"
  /// HTTP/2 frames without a request, cancelled requests among them.
  case http2Flood = "http2_flood"
  /// TLS messages without data, for example key updates.
  case tlsFlood = "tls_flood"

  /// The timeout of a phase. A long idle time is no violation, nor is a peer that closes without close_notify.
  init?(_ phase: Connection.Phase) {
    switch phase {
    case .handshake: self = .handshakeTime
    case .head: self = .headTime
    case .body: self = .bodyTime
    case .blockedOnFlowControl, .writing, .closing: self = .sendingTime
    case .idle, .lingering, .closed: return nil
    }
  }

  init?(_ rejection: HTTPRejection) {
    switch rejection {
    case .targetTooLong: self = .targetSize
    case .headTooLarge: self = .headSize
    case .tooManyFields: self = .fieldCount
    case .bodyTooLarge: self = .bodySize
    case .http2Flood: self = .http2Flood
    case .malformedRequestLine, .unknownVersion, .badTarget, .bareLineEnd, .malformedField, .obsoleteLineFolding,
      .badHost, .conflictingHost, .repeatedContentType, .badContentLength, .conflictingLength, .badTransferCoding,
      .unknownTransferCoding, .badChunk, .unknownExpectation, .tooManyEmptyLines, .malformedFrames, .memoryExhausted:
      return nil
    }
  }
}

extension TLSFailure {
  /// The cause as a label value; OpenSSL's own text is for the log.
  var cause: String {
    switch self {
    case .plainHTTP: "plain_http"
    case .noSharedParameters: "no_shared_parameters"
    case .peerAlert: "peer_alert"
    case .clientCertificate: "client_certificate"
    case .protocolError: "protocol_error"
    }
  }

  static let causes = ["client_certificate", "no_shared_parameters", "plain_http", "peer_alert", "protocol_error"]
}
