internal import Glibc

/// The terminal at standard output, if any.
public enum TerminalDevice {
  public static var isPresent: Bool { isatty(1) == 1 }

  /// The number of columns; nil without a terminal, or if the terminal does not report it.
  public static var columns: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

  /// The number of lines; nil without a terminal, or if the terminal does not report it.
  public static var rows: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  private static var size: winsize? {
    var size = winsize()
    // Sound: the kernel fills the structure before the call returns (ioctl_tty(2)).
    return unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  /// Whether the user has disabled colours (<https://no-color.org>), or the terminal has none.
  public static var disablesColor: Bool {
    !(Environment.value("NO_COLOR") ?? "").isEmpty || Environment.value("TERM") == "dumb"
  }
}
