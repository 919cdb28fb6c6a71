internal import Glibc

/// The terminal behind standard output, if there is one.
public enum TerminalDevice {
  public static var isPresent: Bool { isatty(1) == 1 }

  /// How many columns it has; nil without a terminal, or where it does not know.
  public static var columns: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

  /// How many lines it shows; nil without a terminal, or where it does not know.
  public static var rows: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  private static var size: winsize? {
    var size = winsize()
    // Sound: the kernel fills the structure before the call returns (ioctl_tty(2)).
    return unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  /// Whether the user has asked for no colours (<https://no-color.org>), or the terminal has none.
  public static var refusesColour: Bool {
    !(Environment.value("NO_COLOR") ?? "").isEmpty || Environment.value("TERM") == "dumb"
  }
}
