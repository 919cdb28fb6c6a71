internal import CLinux

/// The memory of malloc(3).
public enum Heap {
  /// Returns free pages to the kernel. It takes a millisecond or a few, so it follows work that used much memory.
  public static func releaseUnused() {
    _ = malloc_trim(0)
  }
}
