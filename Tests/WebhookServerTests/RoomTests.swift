import Foundation
import HTTPWire
import Testbed
import Testing

@testable import WebhookServer

@Suite struct `Room for what peers do` {
  static let mebibyte = 1024 * 1024

  @Test func `is all there may be where there is memory`() {
    let room = Room(processors: 2, descriptors: 1_000_000, memory: 16_384 * Self.mebibyte)
    #expect(room.loops == 2)
    #expect(room.ofLoop == ServerLimits.connectionsPerLoop)
    #expect(room.ofServer == 2 * ServerLimits.connectionsPerLoop)
    #expect(room.handshakesOfLoop == ServerLimits.handshakesPerLoop)
    #expect(room.bytesInFlightOfLoop == HTTPLimits.sharedMemory)
  }

  @Test(arguments: [1, 2, 8, 128], [192, 256, 512, 1024, 4096, 65_536])
  func `has a ceiling that fits into the memory, with the largest body below it`(processors: Int, mebibytes: Int) {
    let memory = mebibytes * Self.mebibyte
    let room = Room(processors: processors, descriptors: 1_000_000, memory: memory)
    #expect(room.ceiling <= memory - ServerLimits.otherMemory)
    #expect((1...processors).contains(room.loops))
    #expect(room.bytesInFlightOfLoop >= HTTPLimits.body)
    #expect(room.ofServer >= ServerLimits.fewConnections)
    if mebibytes >= 256 { #expect(room.bytesInFlightOfLoop >= HTTPLimits.chunkedBody) }
  }

  @Test func `is little where there is hardly any memory, or hardly any descriptors`() {
    let poor = Room(processors: 64, descriptors: 1_000_000, memory: 32 * Self.mebibyte)
    #expect(poor.loops == 1)
    #expect(poor.ceiling <= 8 * Self.mebibyte)
    #expect(poor.ofLoop >= 10)
    let few = Room(processors: 2, descriptors: ServerLimits.otherDescriptors + 20, memory: 512 * Self.mebibyte)
    #expect(few.ofLoop == 10)
  }

  @Test func `fits into what the manifest gives a pod`() throws {
    let manifest = try Repository.text("manifests/base/deployment.yaml")
    let limits = try #require(manifest.components(separatedBy: "limits:").last)
    let limit = try #require(limits.firstMatch(of: /memory: (\d+)Mi/).flatMap { Int($0.1) }) * Self.mebibyte
    let room = Room(processors: 64, descriptors: 1_000_000, memory: limit)
    #expect(room.ceiling + ServerLimits.otherMemory <= limit)
    #expect(room.ofServer >= 600)
  }

  @Test func `is told when the server starts`() throws {
    let server = try RunningServer()
    let line = try LogLine(server.log.waitForLine(with: "room for connections"))
    #expect(Int(line.fields["connections"] ?? "") ?? 0 > 0)
    #expect(Int(line.fields["loops"] ?? "") ?? 0 > 0)
  }
}
