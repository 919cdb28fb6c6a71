@testable import Reports

/// A denial as the banner of Harvester's Web UI, for the documentation, from the message that the banner shows.
struct BannerPicture {
  let message: String
  private let lines: [[TextRun]]
  private let columns = 100

  private static let lineHeight = 19.0
  private static let cell = 8.0

  /// - Parameter message: The denial's message from the API server, with its line breaks.
  init(_ message: String) {
    self.message = message
    let width = columns - 4
    lines = message.split(separator: "\n").flatMap { line in
      var styledText = StyledText()
      styledText.add(TextRun(String(line)))
      return styledText.wrapped(for: Terminal(width: width))
    }
  }

  var svg: String {
    let width = Double(columns) * Self.cell + 40
    let banner = Double(lines.count) * Self.lineHeight + 26
    let height = banner + 108
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
      font-family="Lato, Helvetica Neue, Arial, DejaVu Sans, sans-serif" font-size="14">
      <title>\(message.escapedForXML)</title>
      <rect width="\(Int(width))" height="\(Int(height))" rx="10" fill="#ffffff"/>
      <rect x="0.5" y="0.5" width="\(Int(width) - 1)" height="\(Int(height) - 1)" rx="10" fill="none" stroke="#dcdee7"/>
      <text x="20" y="32" font-size="18" fill="#141419">Setting: storage-network</text>
      <rect x="20" y="48" width="\(Int(width) - 40)" height="\(Int(banner))" rx="3" fill="#fbe9e9"/>
      <rect x="20" y="48" width="5" height="\(Int(banner))" fill="#c83a3a"/>

      """
    for (index, line) in lines.enumerated() {
      let text = line.map(\.text).joined()
      svg += """
        <text x="36" y="\(Int(70 + Double(index) * Self.lineHeight))" fill="#141419" xml:space="preserve">\
        \(text.escapedForXML)</text>

        """
    }
    let buttons = Int(banner) + 62
    svg += """
      <rect x="\(Int(width) - 190)" y="\(buttons)" width="80" height="30" rx="4" fill="none" stroke="#3d98d3"/>
      <text x="\(Int(width) - 150)" y="\(buttons + 20)" fill="#3d98d3" text-anchor="middle">Cancel</text>
      <rect x="\(Int(width) - 100)" y="\(buttons)" width="80" height="30" rx="4" fill="#c83a3a"/>
      <text x="\(Int(width) - 60)" y="\(buttons + 20)" fill="#ffffff" text-anchor="middle">Error</text>

      """
    return svg + "</svg>\n"
  }
}

extension String {
  var escapedForXML: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
