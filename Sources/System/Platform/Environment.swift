internal import Glibc

/// The variables that this process was started with.
public enum Environment {
  public static func value(_ name: String) -> String? {
    // Sound: nobody changes the environment while the process runs.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  static var all: [String: String] {
    var variables: [String: String] = [:]
    var place = unsafe environ
    // Sound: the list ends with a null pointer, each of its texts with a zero byte.
    while let text = unsafe place.pointee {
      let entry = unsafe String(cString: text)
      if let equals = entry.firstIndex(of: "=") {
        variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
      }
      unsafe place += 1
    }
    return variables
  }
}
