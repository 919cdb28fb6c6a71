/// The reason why a request is rejected before the handler sees it. The raw value is a metric label.
package enum HTTPRejection: String, Error, CaseIterable, Sendable {
  case malformedRequestLine = "malformed_request_line"
  case unknownVersion = "unknown_version"
  case targetTooLong = "target_too_long"
  case badTarget = "bad_target"
  case headTooLarge = "head_too_large"
  case tooManyFields = "too_many_fields"
  case bareLineEnd = "bare_line_end"
  case malformedField = "malformed_field"
  case obsoleteLineFolding = "obsolete_line_folding"
  case badHost = "bad_host"
  case conflictingHost = "conflicting_host"
  case repeatedContentType = "repeated_content_type"
  case badContentLength = "bad_content_length"
  case conflictingLength = "conflicting_length"
  case badTransferCoding = "bad_transfer_coding"
  case unknownTransferCoding = "unknown_transfer_coding"
  case badChunk = "bad_chunk"
  case bodyTooLarge = "body_too_large"
  case unknownExpectation = "unknown_expectation"
  case tooManyEmptyLines = "too_many_empty_lines"
  case malformedFrames = "malformed_frames"
  case http2Flood = "http2_flood"
  case memoryExhausted = "memory_exhausted"

  package var status: HTTPStatus {
    switch self {
    case .malformedRequestLine, .badTarget, .bareLineEnd, .malformedField, .obsoleteLineFolding, .badHost,
      .conflictingHost,
      .repeatedContentType, .badContentLength, .conflictingLength, .badTransferCoding, .badChunk, .tooManyEmptyLines,
      .malformedFrames, .http2Flood:
      .badRequest
    case .unknownVersion: .httpVersionNotSupported
    case .targetTooLong: .uriTooLong
    case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
    case .unknownTransferCoding: .notImplemented
    case .bodyTooLarge: .contentTooLarge
    case .unknownExpectation: .expectationFailed
    case .memoryExhausted: .serviceUnavailable
    }
  }

  package var explanation: String {
    switch self {
    case .malformedRequestLine: "the request line must be METHOD TARGET HTTP/1.1 with single spaces"
    case .unknownVersion: "the HTTP version must be 1.0, 1.1 or 2"
    case .targetTooLong: "the request target must have at most \(HTTPLimits.target) bytes"
    case .badTarget: "the request target must be a path or an http or https URL"
    case .headTooLarge: "the header block must have at most \(HTTPLimits.head) bytes"
    case .tooManyFields: "the header block must have at most \(HTTPLimits.fieldCount) fields"
    case .bareLineEnd: "every line must end in CR LF"
    case .malformedField: "a header field is malformed"
    case .obsoleteLineFolding: "a header field must not continue on the next line (obsolete line folding)"
    case .badHost: "Host must be present once and valid"
    case .conflictingHost: "the Host field and the request target must name the same host"
    case .repeatedContentType: "Content-Type must not be repeated"
    case .badContentLength: "Content-Length must be one decimal number"
    case .conflictingLength: "Content-Length and Transfer-Encoding must not both be present"
    case .badTransferCoding: "Transfer-Encoding must be chunked, once, and in HTTP/1.1"
    case .unknownTransferCoding: "the transfer coding is not supported"
    case .badChunk: "the chunked body is malformed"
    case .bodyTooLarge: "the body must have at most \(HTTPLimits.body) bytes"
    case .unknownExpectation: "Expect must be 100-continue"
    case .malformedFrames: "the HTTP/2 frames are malformed"
    case .http2Flood: "too many HTTP/2 frames without a request"
    case .tooManyEmptyLines: "too many empty lines before the request"
    case .memoryExhausted: "request memory is exhausted; try again later"
    }
  }
}
