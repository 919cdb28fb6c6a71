/// The properties of the output device.
package struct Terminal: Sendable, Equatable {
  /// Columns; nil if lines are not wrapped, as in a file or a pipe.
  package var width: Int?
  package var usesColor: Bool

  package init(width: Int? = nil, usesColor: Bool = false) {
    // A terminal that reports less than 40 columns is being resized, or does not know its width.
    self.width = width.map { max($0, 40) }
    self.usesColor = usesColor
  }

  /// A file, a pipe, or an unknown terminal.
  package static let plain = Terminal()
}

extension StyledText {
  /// Returns the lines, wrapped at the terminal's width.
  package func wrapped(for terminal: Terminal) -> [[TextRun]] {
    guard let width = terminal.width else { return lines.map(\.runs) }
    return lines.flatMap { $0.wrapped(at: width) }
  }

  package func text(for terminal: Terminal) -> String {
    wrapped(for: terminal).map { $0.text(colored: terminal.usesColor) + "\n" }.joined()
  }
}

extension [TextRun] {
  fileprivate func text(colored: Bool) -> String {
    filter { !$0.text.isEmpty }.map { run in
      guard colored, let selection = run.style.selection else { return run.text }
      return "\u{1B}[\(selection)m\(run.text)\u{1B}[0m"
    }.joined()
  }
}

extension StyledText.Line {
  /// Wraps the line at spaces. A word that is wider than the terminal stays whole, so that it can be copied.
  fileprivate func wrapped(at width: Int) -> [[TextRun]] {
    guard !isVerbatim, runs.reduce(0, { $0 + $1.text.count }) > width else { return [runs] }
    let hangingIndent = min(self.hangingIndent, width * 2 / 3)
    var lines: [[TextRun]] = []
    var line: [TextRun] = []
    var column = 0
    var hasWord = false
    for word in words {
      let length = word.reduce(0) { $0 + $1.text.count }
      if hasWord, column + length > width, !word.isBlank {
        lines.append(line.withoutTrailingSpace)
        // A long word gets less indentation rather than a break.
        column = max(0, min(hangingIndent, width - length))
        line = column == 0 ? [] : [TextRun(String(repeating: " ", count: column))]
      }
      hasWord = hasWord || !word.isBlank
      for run in word { line.append(joining: run) }
      column += length
    }
    return lines + [line.withoutTrailingSpace]
  }

  /// The line split before and after every gap; a word may have several styles.
  private var words: [[TextRun]] {
    var words: [[TextRun]] = []
    var wasSpace: Bool?
    for run in runs {
      for character in run.text {
        let isSpace = character == " "
        if isSpace != wasSpace { words.append([]) }
        wasSpace = isSpace
        words[words.count - 1].append(joining: TextRun(String(character), run.style))
      }
    }
    return words
  }
}

extension [TextRun] {
  /// Appends a run, or extends the last one if both have the same style.
  fileprivate mutating func append(joining run: TextRun) {
    if last?.style == run.style {
      self[count - 1].text += run.text
    } else {
      append(run)
    }
  }

  fileprivate var isBlank: Bool { allSatisfy { $0.text.allSatisfy { $0 == " " } } }

  fileprivate var withoutTrailingSpace: [TextRun] {
    var runs = self
    while let last = runs.last {
      let text = last.text.reversed().drop { $0 == " " }.reversed()
      guard text.isEmpty else {
        runs[runs.count - 1].text = String(text)
        break
      }
      runs.removeLast()
    }
    return runs
  }
}
