internal import CYAML

/// Parses YAML into events: the only code that calls libyaml.
@safe final class YAMLParser {
  /// Owned: freed in `deinit`.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The input of libyaml, at a stable address until the parser is freed.
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ text: [UInt8]) {
    // Sound: this object owns both allocations, and `input` lives as long as the parser.
    unsafe input = UnsafeMutableBufferPointer.allocate(capacity: text.count)
    _ = unsafe input.initialize(from: text)
    unsafe parser = UnsafeMutablePointer.allocate(capacity: 1)
    let isInitialised = unsafe yaml_parser_initialize(parser) == 1
    precondition(isInitialised, "libyaml fails here only without memory")
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    // Sound: `init` allocated all three, and nothing else frees them.
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  func next() throws(SnapshotError) -> YAMLEvent {
    // Sound: libyaml fills the event or fails; its contents are copied, and it is deleted before the return.
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    return unsafe YAMLEvent(event)
  }

  private func failure() -> SnapshotError {
    // Sound: libyaml's problem texts are constants of the library.
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "it cannot be read"
    return unsafe SnapshotError(
      explanation: "must be YAML: \(problem)", line: Int(parser.pointee.problem_mark.line) + 1)
  }
}

/// One event of a YAML text (YAML 1.2 section 3.1).
enum YAMLEvent {
  case streamStart
  case streamEnd
  case documentStart
  case documentEnd
  case scalar([UInt8], isPlain: Bool, anchor: String?)
  case sequenceStart(anchor: String?)
  case sequenceEnd
  case mappingStart(anchor: String?)
  case mappingEnd
  case alias(String)
}

extension YAMLEvent {
  // Sound throughout: a union's member is read only for the event type that fills it, and every text is copied.
  fileprivate init(_ event: yaml_event_t) {
    switch unsafe event.type {
    case YAML_STREAM_END_EVENT: self = .streamEnd
    case YAML_DOCUMENT_START_EVENT: self = .documentStart
    case YAML_DOCUMENT_END_EVENT: self = .documentEnd
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let text = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      self = unsafe .scalar(
        Array(text), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: name(scalar.anchor))
    case YAML_SEQUENCE_START_EVENT: self = unsafe .sequenceStart(anchor: name(event.data.sequence_start.anchor))
    case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
    case YAML_MAPPING_START_EVENT: self = unsafe .mappingStart(anchor: name(event.data.mapping_start.anchor))
    case YAML_MAPPING_END_EVENT: self = .mappingEnd
    case YAML_ALIAS_EVENT: self = unsafe .alias(name(event.data.alias.anchor) ?? "")
    default: self = .streamStart
    }
  }
}

/// Copies a name owned by libyaml.
private func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
  // Sound: libyaml ends every name with a zero byte.
  unsafe text.map { unsafe String(cString: $0) }
}
