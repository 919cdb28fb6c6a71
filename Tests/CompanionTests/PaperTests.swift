import Testing

@testable import Companion

@Suite struct `Pages` {
  static func page(_ text: String, hanging: Int = 0) -> Page {
    var page = Page()
    page.add(Run(text), hanging: hanging)
    return page
  }

  /// Text, indentation of what follows, width, and the lines that become of it.
  static let table: [(text: String, hanging: Int, width: Int, lines: [String])] = [
    ("", 0, 40, [""]),
    ("short", 0, 40, ["short"]),
    // just fits, and one more does not
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
    // indentation of the first line stays
    (
      "    " + String(repeating: "a ", count: 30), 4, 40,
      [
        "    " + String(repeating: "a ", count: 18).dropLast(1),
        "    " + String(repeating: "a ", count: 12).dropLast(1),
      ]
    ),
    // nonsense widths are taken for forty
    ("short", 0, 1, ["short"]),
  ]

  @Test(arguments: table) func `break at spaces`(_ row: (text: String, hanging: Int, width: Int, lines: [String])) {
    let lines = Self.page(row.text, hanging: row.hanging).broken(for: Terminal(width: row.width))
    #expect(lines.map { $0.map(\.text).joined() } == row.lines)
  }

  @Test func `are not broken where nobody knows the width`() {
    let text = String(repeating: "word ", count: 100) + "end"
    #expect(Self.page(text).text(for: .plain) == text + "\n")
  }

  @Test func `have colours only where they are wanted, and end each one`() {
    var page = Page()
    page.add(Run("a", .good), Run("b"), Run("c", .bad))
    #expect(page.text(for: Terminal(isColoured: true)) == "\u{1B}[32ma\u{1B}[0mb\u{1B}[31mc\u{1B}[0m\n")
    #expect(page.text(for: .plain) == "abc\n")
  }

  @Test func `let nobody else move the cursor`() {
    let text = Self.page("a\nb\u{1B}[2Jc\td\u{7F}\u{9B}2Je\r\nf ä").text(for: Terminal(width: 80, isColoured: true))
    #expect(text == "a b\u{FFFD}[2Jc\u{FFFD}d\u{FFFD}\u{FFFD}2Je\u{FFFD} f ä\n")
  }

  @Test func `hold tables whose columns are aligned`() {
    var page = Page()
    page.add(table: [["a", "1", "x"], ["long", "100", ""]], [.leading, .trailing, .leading])
    #expect(page.text(for: .plain) == "  a       1  x\n  long  100\n")
  }
}

@Suite struct `Screens` {
  func page(_ lines: String...) -> Page {
    var page = Page()
    for line in lines { page.add(Run(line)) }
    return page
  }

  @Test func `a page is painted over the last one, as high as that was`() {
    var screen = Screen(Terminal(width: 80, isColoured: false), height: 24)
    #expect(screen.paint(page("a", "b")) == "a\nb\n")
    #expect(screen.paint(page("c")) == "\u{1B}[2A\u{1B}[Jc\n")
    #expect(screen.paint(page("c", "d", "e")) == "\u{1B}[1A\u{1B}[Jc\nd\ne\n")
  }

  @Test func `nothing is written where nothing has changed`() {
    var screen = Screen(.plain, height: 24)
    _ = screen.paint(page("a"))
    #expect(screen.paint(page("a")) == "")
  }

  @Test func `in a file pages follow each other`() {
    var screen = Screen(.plain, height: nil)
    #expect(screen.paint(page("a")) == "a\n")
    #expect(screen.paint(page("a")) == "")
    #expect(screen.paint(page("b")) == "\nb\n")
  }

  @Test func `what would scroll away is cut off, because it could not be painted over`() {
    var screen = Screen(.plain, height: 4)
    #expect(screen.paint(page("1", "2", "3")) == "1\n2\n3\n")
    #expect(
      screen.paint(page("1", "2", "3", "4")) == "\u{1B}[3A\u{1B}[J1\n2\n… 2 more lines; a taller window shows them\n")
  }
}
