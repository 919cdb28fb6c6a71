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
    case .malformedRequestLine: "the request line is not METHOD TARGET HTTP/1.1 with single spaces"
    case .unknownVersion: "only HTTP/1.1, HTTP/1.0 and HTTP/2 are spoken here"
    case .targetTooLong: "the request target is longer than \(HTTPLimits.target) bytes"
    case .badTarget: "the request target is neither a path nor a URL of http or https"
    case .headTooLarge: "the header block is larger than \(HTTPLimits.head) bytes"
    case .tooManyFields: "the header block has more than \(HTTPLimits.fieldCount) fields"
    case .bareLineEnd: "a line does not end in CR LF"
    case .malformedField: "a header field is malformed"
    case .obsoleteLineFolding: "a header field goes on in the next line, which is obsolete"
    case .badHost: "there has to be exactly one valid Host field"
    case .conflictingHost: "the Host field and the request target name different hosts"
    case .repeatedContentType: "there is more than one Content-Type field"
    case .badContentLength: "Content-Length has to be one decimal number"
    case .conflictingLength: "Content-Length and Transfer-Encoding exclude each other"
    case .badTransferCoding: "Transfer-Encoding has to be chunked, once, and in HTTP/1.1"
    case .unknownTransferCoding: "the transfer coding is not supported"
    case .badChunk: "the chunked body is malformed"
    case .bodyTooLarge: "the body is larger than \(HTTPLimits.body) bytes"
    case .unknownExpectation: "the only known expectation is 100-continue"
    case .malformedFrames: "the frames of HTTP/2 are malformed"
    case .http2Flood: "many frames of HTTP/2 came that ask for nothing"
    case .tooManyEmptyLines: "there are empty lines before the request"
    case .memoryExhausted: "there is no memory for the request while so many large ones arrive; try again later"
    }
  }
}
