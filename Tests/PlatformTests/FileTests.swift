import Foundation
import Testing

@testable import Platform

@Suite struct `Files` {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "reactor-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }
  func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }

  @Test func `a file is read completely up to the limit, a larger one is an error`() throws {
    try write("12345", "a")
    #expect(try File.read(path("a"), limit: 5) == Array("12345".utf8))
    let error = #expect(throws: FileError.self) { try File.read(path("a"), limit: 4) }
    #expect(error?.description == "\(path("a")): has more than 4 bytes")
  }

  @Test func `an empty and a large file are read completely`() throws {
    try write("", "empty")
    #expect(try File.read(path("empty"), limit: 5) == [])
    let large = String(repeating: "0123456789", count: 100_000)
    try write(large, "large")
    #expect(try File.read(path("large"), limit: 1 << 20).count == 1_000_000)
  }

  @Test func `a read error has its reason`() {
    #expect(throws: FileError.self) { try File.read(path("none"), limit: 5) }
    let error = #expect(throws: FileError.self) { try File.read(folder.path, limit: 5) }
    #expect(error?.description == "\(folder.path): Is a directory")
  }

  @Test func `reading a pipe without a writer does not block`() throws {
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    #expect(try File.read(path("pipe"), limit: 5) == [])
  }

  @Test func `names of a folder are in byte order`() throws {
    for name in ["b", "a", "B"] { try write("", name) }
    #expect(try File.names(in: folder.path) == ["B", "a", "b"])
    #expect(File.isFolder(folder.path))
    #expect(!File.isFolder(path("a")))
  }

  /// Every way to replace a file, all of which must be noticed.
  @Test(arguments: ["in place", "renamed over", "created", "deleted", "symlink swapped"])
  func `a change of a watched file is noticed`(_ way: String) throws {
    if way != "created" { try write("old", "file") }
    try FileManager.default.createDirectory(at: folder.appending(path: "v1"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: folder.appending(path: "v2"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: path("..data"), withDestinationPath: "v1")
    try write("new", "other")
    let watcher = try FileWatcher()
    try watcher.watch(path("file"))
    let isQuiet = !watcher.drain()
    #expect(isQuiet)
    switch way {
    case "in place", "created": try write("new", "file")
    case "renamed over": #expect(rename(path("other"), path("file")) == 0)
    case "deleted": #expect(unlink(path("file")) == 0)
    default:
      // As the kubelet updates a mounted Secret or ConfigMap.
      try FileManager.default.createSymbolicLink(atPath: path("..data_tmp"), withDestinationPath: "v2")
      #expect(rename(path("..data_tmp"), path("..data")) == 0)
    }
    let poller = try Poller(batch: 1)
    try poller.register(watcher.descriptor, as: .init(slot: 0, generation: 0), for: .reading)
    var isNoticed = false
    try poller.wait(until: .now + .seconds(10)) { _ in isNoticed = true }
    let drained = [watcher.drain(), watcher.drain()]
    #expect(isNoticed)
    #expect(drained == [true, false])
  }

  @Test func `watching a missing folder is an error`() throws {
    let watcher = try FileWatcher()
    let error = Result { () throws(FileError) in try watcher.watch(path("none/file")) }.failure
    #expect(error?.description == "\(path("none")): cannot be watched: No such file or directory")
  }
}

extension Result {
  fileprivate var failure: Failure? {
    guard case .failure(let failure) = self else { return nil }
    return failure
  }
}
