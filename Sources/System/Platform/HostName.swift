internal import Glibc

/// The name of this machine, for messages to other people.
public enum HostName {
  /// The name as gethostname(2) gives it; empty if it cannot be read.
  public static var current: String {
    var bytes = [CChar](repeating: 0, count: 256)
    // Sound: the kernel writes at most as many bytes as it is told, and the last one stays zero.
    guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
