internal import Glibc

/// The environment variables of this process.
public enum Environment {
  public static func value(_ name: String) -> String? {
    // Sound: the process does not change its environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  static var all: [String: String] {
    var variables: [String: String] = [:]
    var pointer = unsafe environ
    // Sound: the list ends with a null pointer, each of its texts with a zero byte.
    while let text = unsafe pointer.pointee {
      let entry = unsafe String(cString: text)
      if let equals = entry.firstIndex(of: "=") {
        variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
      }
      unsafe pointer += 1
    }
    return variables
  }
}
