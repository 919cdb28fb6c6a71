import Testing

@testable import JSON

@Suite struct `JSON reader` {
  @Test func `a caller reads members of an object and skips others`() throws {
    let text = Array(#" {"skip":[{"a":[1,2]},"x"],"name":"caf\u00e9","list":[1,2,3],"on":true,"off":null} "#.utf8)
    var reader = JSONReader(text.span)
    var seen: [String] = []
    try reader.readMembers { key, reader throws(JSONError) in
      if key.equals("name") {
        seen.append(try reader.readString().string)
      } else if key.equals("list") {
        try reader.readElements { reader throws(JSONError) in seen.append(try reader.readNumber().string) }
      } else if key.equals("on") {
        seen.append(String(try reader.readBool()))
      }
    }
    try reader.readEnd()
    #expect(seen == ["café", "1", "2", "3", "true"])
  }

  @Test func `skip returns the range of the value`() throws {
    let text = Array(#"[ {"a" : 1} , "b" ]"#.utf8)
    var reader = JSONReader(text.span)
    var parts: [String] = []
    try reader.readElements { reader throws(JSONError) in
      parts.append(String(decoding: text[try reader.skip()], as: UTF8.self))
    }
    #expect(parts == [#"{"a" : 1}"#, #""b""#])
  }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
    (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""x\uD834\uDD1Ey""#, "x𝄞y"), (#""\u0000""#, "\0"), ("\"é€𝄞\"", "é€𝄞"),
    (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
  ]) func `escapes are decoded`(_ json: String, _ string: String) throws {
    let text = Array(json.utf8)
    var reader = JSONReader(text.span)
    #expect(try Array(reader.readString().string.utf8) == Array(string.utf8))
  }

  @Test func `an escaped key equals its decoded form`() throws {
    let text = Array(#"{"\u006eame":1}"#.utf8)
    var reader = JSONReader(text.span)
    var results: [Bool] = []
    try reader.readMembers { key, _ in results += [key.equals("name"), key.equals("\\u006eame")] }
    #expect(results == [true, false])
  }

  @Test(arguments: [
    ("{", JSONError.Problem.unexpectedEnd, 1, 2),
    ("{\n  \"a\": 1,\n}", .expectedKey, 3, 1),
    ("{\"a\" 1}", .expectedColon, 1, 6),
    ("[1\n2]", .expectedCommaOrClosingBracket, 2, 1),
    ("{\"a\":1 \"b\":2}", .expectedCommaOrClosingBrace, 1, 8),
    ("{\"a\":01}", .invalidNumber, 1, 7),
    ("{\"a\":tru}", .invalidLiteral, 1, 6),
    ("\"\\x\"", .invalidEscape, 1, 2),
    ("\"ab\\uD800\"", .unpairedSurrogate, 1, 4),
    ("\"a\tb\"", .controlCharacterInString, 1, 3),
    ("{} {}", .trailingText, 1, 4),
    ("{\"a\":}", .expectedValue, 1, 6),
  ]) func `an error has line and column`(
    _ text: String, _ problem: JSONError.Problem, _ line: Int, _ column: Int
  ) throws {
    let bytes = Array(text.utf8)
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    #expect(error.problem == problem)
    #expect(error.position(in: bytes) == (line, column))
  }
}

@Suite struct `JSON writer` {
  @Test(arguments: [
    (#"{ "b" : 1 , "a" : [ true , null ] }"#, #"{"a":[true,null],"b":1}"#),
    (#"{"z":{"b":1,"a":{"d":1,"c":2}}}"#, #"{"z":{"a":{"c":2,"d":1},"b":1}}"#),
    (#""\u0041\/\u007f\u00e9""#, "\"A/\u{7F}é\""),
    (#""\u0008\u0009\u000a\u000c\u000d\u0000\u001f\"\\""#, #""\b\t\n\f\r\u0000\u001f\"\\""#),
    ("[1.50, 1E5, -0, 100000000000000000000]", "[1.50,1E5,-0,100000000000000000000]"),
    (#"{"é":1,"e":2,"Z":3}"#, #"{"Z":3,"e":2,"é":1}"#),
  ]) func `equal values have one spelling`(_ text: String, _ canonical: String) throws {
    var writer = JSONWriter()
    writer.append(sorted: try JSONValue(parsing: Array(text.utf8)))
    #expect(String(decoding: writer.bytes, as: UTF8.self) == canonical)
    var again = JSONWriter()
    again.append(sorted: try JSONValue(parsing: writer.bytes))
    #expect(again.bytes == writer.bytes)
  }
}
