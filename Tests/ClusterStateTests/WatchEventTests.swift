import JSON
import Testing

@testable import ClusterState

@Suite struct `A line of a watch` {
  /// Reads a line and returns the event, and the name and text of each object that is put.
  private func read(_ line: String) throws -> (event: WatchEvent, put: [String]) {
    var put: [String] = []
    let bytes = Array(line.utf8)
    let event = try WatchEvent(of: bytes.span) { name, reader throws(JSONError) in
      let start = reader.offset
      try reader.skip()
      var text: [UInt8] = []
      text.append(copying: reader.textRead(from: start))
      put.append("\(name.namespace)/\(name.name): \(String(decoding: text, as: UTF8.self))")
    }
    return (event, put)
  }

  private static let object =
    #"{"metadata":{"namespace":"a","name":"b","resourceVersion":"7"},"status":{"phase":"Running"}}"#

  @Test(arguments: [
    #"{"type":"MODIFIED","object":OBJECT}"#, #"{"type":"ADDED","object":OBJECT}"#,
    #" { "type" : "MODIFIED" , "object":OBJECT , "more" : [ 1 ] } "#, #"{"object":OBJECT,"type":"ADDED"}"#,
    #"{"more":{},"object":OBJECT,"more":null,"type":"MODIFIED"}"#,
  ]) func `puts its object, once, in any order of members`(_ line: String) throws {
    let (event, put) = try read(line.replacing("OBJECT", with: Self.object))
    #expect(put == ["a/b: \(Self.object)"])
    #expect(event.change == .put)
    #expect(event.head.resourceVersion == "7")
  }

  @Test(arguments: [
    #"{"status":{"phase":"Running"},"metadata":{"name":"b"}}"#, #"{"metadata":{"name":"b"}}"#,
    #"{"metadata":{"labels":{"name":"x"},"name":"b","managedFields":[{"name":"x"}]},"name":"x"}"#,
  ]) func `finds the name wherever the metadata are`(_ object: String) throws {
    let (event, put) = try read(#"{"type":"ADDED","object":\#(object)}"#)
    #expect(put == ["/b: \(object)"])
    #expect(event.head.name == NamespacedName(name: "b"))
  }

  @Test(arguments: [
    ("DELETED", WatchEvent.Change.remove), ("BOOKMARK", .bookmark), ("ERROR", .error),
  ]) func `of another type puts nothing`(_ type: String, _ change: WatchEvent.Change) throws {
    for line in [#"{"type":"\#(type)","object":\#(Self.object)}"#, #"{"object":\#(Self.object),"type":"\#(type)"}"#] {
      let (event, put) = try read(line)
      #expect(put.isEmpty)
      #expect(event.change == change)
      #expect(event.head.name == NamespacedName(namespace: "a", name: "b"))
    }
  }

  @Test(arguments: [
    #"{"type":"MODIFIED","object":OBJECT"#, #"{"type":"MODIFIED","object":OBJECT}}"#,
    #"{"type":"MODIFIED","object":OBJECT,}"#, #"{"type":"MODIFIED","object":{"metadata":{"name":"b"},"status":}}"#,
    #"{"type":"MODIFIED","object":{"metadata":{"name":"b"}"#, #"{"type":"MODIFIED","object":"#, "{}", "[]",
    #"{"type":"MODIFIED"}"#, #"{"object":OBJECT}"#, #"{"type":"RENAMED","object":OBJECT}"#,
    #"{"type":7,"object":OBJECT}"#, #"{"type":"MODIFIED","object":{}}"#, #"{"type":"MODIFIED","object":7}"#,
  ]) func `that is damaged is an error`(_ line: String) {
    #expect(throws: StreamFailure.self) { try read(line.replacing("OBJECT", with: Self.object)) }
  }
}

@Suite struct `The search for a byte` {
  @Test func `finds the first one at every distance`() {
    for length in 0...200 {
      for place in stride(from: 0, to: length, by: 1) {
        var bytes = [UInt8](repeating: 0x80, count: length)
        bytes[place] = 10
        if place + 3 < length { bytes[place + 3] = 10 }
        for start in [0, 1, 7].filter({ $0 <= place }) where bytes.span.firstIndex(of: 10, from: start) != place {
          Issue.record("length \(length), place \(place), start \(start)")
        }
        let isBehind = bytes.span.firstIndex(of: 10, from: place + 1) == (place + 3 < length ? place + 3 : length)
        if !isBehind { Issue.record("length \(length), behind \(place)") }
      }
    }
  }
}
