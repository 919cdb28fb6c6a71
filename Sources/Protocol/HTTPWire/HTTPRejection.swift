/// Why a request was refused before anybody looked at what it asks.
package enum HTTPRejection: Error, Hashable, CaseIterable, Sendable {
  case malformedRequestLine
  case unknownVersion
  case targetTooLong
  case badTarget
  case headTooLarge
  case tooManyFields
  case bareLineEnd
  case malformedField
  case obsoleteLineFolding
  case badHost
  case conflictingHost
  case repeatedContentType
  case badContentLength
  case conflictingLength
  case badTransferCoding
  case unknownTransferCoding
  case badChunk
  case bodyTooLarge
  case unknownExpectation
  case tooManyEmptyLines
  case malformedFrames
  case http2Flood
  case memoryExhausted

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
