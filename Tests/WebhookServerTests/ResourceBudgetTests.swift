import Foundation
import HTTPWire
import TestSupport
import Testing

@testable import WebhookServer

@Suite struct `Resource budget` {
  static let mebibyte = 1024 * 1024

  @Test func `the budget has the maximum limits with sufficient memory`() {
    let budget = ResourceBudget(processors: 2, descriptors: 1_000_000, memory: 16_384 * Self.mebibyte)
    #expect(budget.eventLoopCount == 2)
    #expect(budget.maxConnectionsPerLoop == ServerLimits.maxConnectionsPerLoop)
    #expect(budget.maxConnections == 2 * ServerLimits.maxConnectionsPerLoop)
    #expect(budget.maxHandshakesPerLoop == ServerLimits.maxHandshakesPerLoop)
    #expect(budget.maxInFlightBytesPerLoop == HTTPLimits.inFlightMemory)
  }

  @Test(arguments: [1, 2, 8, 128], [192, 256, 512, 1024, 4096, 65_536])
  func `the maximum memory of all limits fits into the memory, with the largest body`(processors: Int, mebibytes: Int) {
    let memory = mebibytes * Self.mebibyte
    let budget = ResourceBudget(processors: processors, descriptors: 1_000_000, memory: memory)
    #expect(budget.maximumMemory <= memory - ServerLimits.reservedMemory)
    #expect((1...processors).contains(budget.eventLoopCount))
    #expect(budget.maxInFlightBytesPerLoop >= HTTPLimits.body)
    #expect(budget.maxConnections >= ServerLimits.lowConnectionWarning)
    if mebibytes >= 256 { #expect(budget.maxInFlightBytesPerLoop >= HTTPLimits.chunkedBody) }
  }

  @Test func `the budget is small with little memory or few descriptors`() {
    let poor = ResourceBudget(processors: 64, descriptors: 1_000_000, memory: 32 * Self.mebibyte)
    #expect(poor.eventLoopCount == 1)
    #expect(poor.maximumMemory <= 8 * Self.mebibyte)
    #expect(poor.maxConnectionsPerLoop >= 10)
    let few = ResourceBudget(
      processors: 2, descriptors: ServerLimits.reservedDescriptors + 20, memory: 512 * Self.mebibyte)
    #expect(few.maxConnectionsPerLoop == 10)
  }

  @Test func `the budget fits into the manifest's memory limit`() throws {
    let manifest = try Repository.text("manifests/base/deployment.yaml")
    let limits = try #require(manifest.components(separatedBy: "limits:").last)
    let limit = try #require(limits.firstMatch(of: /memory: (\d+)Mi/).flatMap { Int($0.1) }) * Self.mebibyte
    let budget = ResourceBudget(processors: 64, descriptors: 1_000_000, memory: limit)
    #expect(budget.maximumMemory + ServerLimits.reservedMemory <= limit)
    #expect(budget.maxConnections >= 600)
  }

  @Test func `the budget is logged at startup`() throws {
    let server = try RunningServer()
    let line = try LogLine(server.log.waitForLine(with: "connection limits"))
    #expect(Int(line.fields["connections"] ?? "") ?? 0 > 0)
    #expect(Int(line.fields["eventLoops"] ?? "") ?? 0 > 0)
  }
}
