import Testing

@testable import Reports

@Suite struct `Styled text` {
  static func styledText(_ text: String, hangingIndent: Int = 0) -> StyledText {
    var styledText = StyledText()
    styledText.add(TextRun(text), hangingIndent: hangingIndent)
    return styledText
  }

  /// A text, its hanging indentation, a width and the wrapped lines.
  static let table: [(text: String, hangingIndent: Int, width: Int, lines: [String])] = [
    ("", 0, 40, [""]),
    ("short", 0, 40, ["short"]),
    // exactly fits, and one more does not
    (
      String(repeating: "a", count: 20) + " " + String(repeating: "b", count: 19), 0, 40,
      [String(repeating: "a", count: 20) + " " + String(repeating: "b", count: 19)]
    ),
    (
      String(repeating: "a", count: 20) + " " + String(repeating: "b", count: 20), 0, 40,
      [String(repeating: "a", count: 20), String(repeating: "b", count: 20)]
    ),
    (
      String(repeating: "a", count: 20) + " " + String(repeating: "b", count: 20), 4, 40,
      [String(repeating: "a", count: 20), "    " + String(repeating: "b", count: 20)]
    ),
    // a word that is wider than the terminal stays whole
    ("x " + String(repeating: "y", count: 50) + " z", 2, 40, ["x", String(repeating: "y", count: 50), "  z"]),
    // the indentation of the first line stays
    (
      "    " + String(repeating: "a ", count: 30), 4, 40,
      [
        "    " + String(repeating: "a ", count: 18).dropLast(1),
        "    " + String(repeating: "a ", count: 12).dropLast(1),
      ]
    ),
    // invalid widths count as forty
    ("short", 0, 1, ["short"]),
  ]

  @Test(arguments: table) func `lines wrap at spaces`(
    _ row: (text: String, hangingIndent: Int, width: Int, lines: [String])
  ) {
    let lines = Self.styledText(row.text, hangingIndent: row.hangingIndent).wrapped(for: Terminal(width: row.width))
    #expect(lines.map { $0.map(\.text).joined() } == row.lines)
  }

  @Test func `lines do not wrap without a width`() {
    let text = String(repeating: "word ", count: 100) + "end"
    #expect(Self.styledText(text).text(for: .plain) == text + "\n")
  }

  @Test func `colors are used only if enabled, and each is reset`() {
    var styledText = StyledText()
    styledText.add(TextRun("a", .success), TextRun("b"), TextRun("c", .error))
    #expect(styledText.text(for: Terminal(usesColor: true)) == "\u{1B}[32ma\u{1B}[0mb\u{1B}[31mc\u{1B}[0m\n")
    #expect(styledText.text(for: .plain) == "abc\n")
  }

  @Test func `control characters are replaced`() {
    let text = Self.styledText("a\nb\u{1B}[2Jc\td\u{7F}\u{9B}2Je\r\nf ä").text(
      for: Terminal(width: 80, usesColor: true))
    #expect(text == "a b\u{FFFD}[2Jc\u{FFFD}d\u{FFFD}\u{FFFD}2Je\u{FFFD} f ä\n")
  }

  @Test func `table columns are aligned`() {
    var styledText = StyledText()
    styledText.add(table: [["a", "1", "x"], ["long", "100", ""]], [.leading, .trailing, .leading])
    #expect(styledText.text(for: .plain) == "  a       1  x\n  long  100\n")
  }
}

@Suite struct `Live display` {
  func styledText(_ lines: String...) -> StyledText {
    var styledText = StyledText()
    for line in lines { styledText.add(TextRun(line)) }
    return styledText
  }

  @Test func `a text overwrites the previous one at its height`() {
    var display = LiveDisplay(Terminal(width: 80, usesColor: false), height: 24)
    #expect(display.render(styledText("a", "b")) == "a\nb\n")
    #expect(display.render(styledText("c")) == "\u{1B}[2A\u{1B}[Jc\n")
    #expect(display.render(styledText("c", "d", "e")) == "\u{1B}[1A\u{1B}[Jc\nd\ne\n")
  }

  @Test func `an unchanged text writes nothing`() {
    var display = LiveDisplay(.plain, height: 24)
    _ = display.render(styledText("a"))
    #expect(display.render(styledText("a")) == "")
  }

  @Test func `in a file texts are appended`() {
    var display = LiveDisplay(.plain, height: nil)
    #expect(display.render(styledText("a")) == "a\n")
    #expect(display.render(styledText("a")) == "")
    #expect(display.render(styledText("b")) == "\nb\n")
  }

  @Test func `a text taller than the terminal is clipped`() {
    var display = LiveDisplay(.plain, height: 4)
    #expect(display.render(styledText("1", "2", "3")) == "1\n2\n3\n")
    #expect(
      display.render(styledText("1", "2", "3", "4"))
        == "\u{1B}[3A\u{1B}[J1\n2\n… 2 more lines; a taller window shows them\n")
  }
}
