import Foundation

/// The entry point of libFuzzer; an environment variable selects the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  if let failure = chosen.check(Array(UnsafeBufferPointer(start: start, count: count))) {
    preconditionFailure("\(chosen.rawValue): \(failure)")
  }
  return 0
}

private let chosen: FuzzTarget = {
  guard let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"], let target = FuzzTarget(rawValue: name) else {
    preconditionFailure("FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return target
}()
