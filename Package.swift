// swift-tools-version: 6.2
import PackageDescription

/// Every target of the house is compiled under the same law: Swift 6 language mode, strict memory safety, and no
/// warning left standing.
let law: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  // Two accesses to one variable at a time are found by the compiler, and where it cannot know, while debug builds run,
  // as all tests do. Asking at each access costs a request of HTTP/2 a twentieth.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// Tests may use Foundation and talk to C freely, so strict memory safety stays at the door of `Sources`.
let testLaw: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// One floor of the house. A target may import its own floor and the floors below it, never the ones above.
func room(_ floor: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(floor)/\(name)", swiftSettings: law)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    path: "Tests/\(name)Tests", swiftSettings: testLaw)
}

let package = Package(
  name: "storage-network-webhook",
  products: [.executable(name: "storage-network-webhook", targets: ["storage-network-webhook"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
  targets: [
    // C: one door per library, macros turned into functions, nothing else; libcurl's is opened when it is needed.
    .target(name: "CLinux", path: "Sources/C/CLinux"),
    .systemLibrary(name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "openssl"),
    .systemLibrary(name: "CNGHTTP2", path: "Sources/C/CNGHTTP2", pkgConfig: "libnghttp2"),
    .target(name: "CCurl", path: "Sources/C/CCurl"),
    .systemLibrary(name: "CYAML", path: "Sources/C/CYAML", pkgConfig: "yaml-0.1"),

    // Domain: pure Swift; no Foundation, no C, no clock, no lock.
    room("Domain", "Addressing"),
    room("Domain", "JSON"),
    room("Domain", "Rules", ["Addressing", "JSON"]),

    // Protocol: bytes in, values out; no descriptor, thread or clock.
    room("Protocol", "TLSWire", ["COpenSSL"]),
    room("Protocol", "CertificateAuthority", ["COpenSSL"]),
    room("Protocol", "CertificateCustody", ["CertificateAuthority", "JSON", "KubeObjects"]),
    room("Protocol", "HTTPWire", ["CNGHTTP2"]),
    room("Protocol", "KubeObjects", ["JSON", "Rules"]),
    room("Protocol", "Admission", ["JSON", "KubeObjects", "Rules"]),
    room("Protocol", "ClusterState", ["Addressing", "JSON", "KubeObjects", "Rules"]),
    room("Protocol", "Snapshot", ["ClusterState", "CYAML", "JSON"]),

    // Machinery: every system call.
    room("Machinery", "Reactor", ["CLinux"]),
    room("Machinery", "KubeClient", ["CCurl", "ClusterState", "JSON", "KubeObjects", "Reactor", "Rules", "Snapshot"]),

    // App: the pipeline and the command line.
    room("App", "Companion", ["Addressing", "ClusterState", "JSON", "KubeObjects", "Rules"]),
    room(
      "App", "WebhookServer",
      [
        "Admission", "CertificateAuthority", "CertificateCustody", "ClusterState", "HTTPWire", "KubeClient", "Reactor",
        "Rules", "Snapshot", "TLSWire",
        logging,
      ]),
    .executableTarget(
      name: "storage-network-webhook",
      dependencies: [
        "Addressing", "Admission", "CertificateCustody", "ClusterState", "Companion", "JSON", "KubeClient",
        "KubeObjects", "Reactor", "Rules", "Snapshot", "WebhookServer", argumentParser, logging,
      ],
      path: "Sources/App/storage-network-webhook", swiftSettings: law),

    .executableTarget(
      name: "microbenchmarks", dependencies: ["Addressing", "Admission", "ClusterState", "JSON", "Rules", "Snapshot"],
      path: "Benchmarks/microbenchmarks", swiftSettings: testLaw),

    // What is fed arbitrary bytes: by libFuzzer (Tests/Fuzz/run) and, with what was found, by an ordinary test.
    .target(
      name: "Fuzz",
      dependencies: [
        "Addressing", "Admission", "ClusterState", "HTTPWire", "JSON", "KubeClient", "Rules", "Snapshot",
      ],
      path: "Tests/Fuzz", exclude: ["run"], swiftSettings: testLaw),
    tests(of: "Fuzz"),

    // What tests use to run other programs and to make certificates.
    .target(name: "Testbed", dependencies: ["COpenSSL"], path: "Tests/Testbed", swiftSettings: testLaw),
    tests(of: "Addressing"),
    tests(of: "JSON", ["Testbed"]),
    tests(of: "Rules", ["Addressing", "JSON", "Testbed"]),
    tests(of: "TLSWire", ["COpenSSL", "Testbed"]),
    tests(of: "CertificateAuthority", ["Testbed"]),
    tests(of: "CertificateCustody", ["CertificateAuthority", "JSON", "KubeObjects", "Testbed"]),
    tests(of: "HTTPWire", ["CNGHTTP2", "Testbed"]),
    tests(of: "Admission", ["ClusterState", "HTTPWire", "JSON", "Rules", "Snapshot", "Testbed"]),
    tests(of: "ClusterState", ["JSON", "Rules", "Snapshot"]),
    tests(of: "Companion", ["Addressing", "ClusterState", "JSON", "KubeObjects", "Rules", "Snapshot", "Testbed"]),
    tests(of: "Reactor", ["Testbed"]),
    tests(of: "KubeClient", ["ClusterState", "COpenSSL", "JSON", "KubeObjects", "Reactor", "Rules", "Testbed"]),
    tests(
      of: "WebhookServer",
      [
        "Admission", "CertificateCustody", "ClusterState", "HTTPWire", "KubeClient", "Reactor", "Rules", "TLSWire",
        "Testbed",
        logging,
      ]),
    .testTarget(
      name: "TidyTests", dependencies: ["Rules", "Testbed"], path: "Tests/TidyTests", swiftSettings: testLaw),
    .testTarget(
      name: "Simulation",
      dependencies: [
        "Admission", "CLinux", "CNGHTTP2", "HTTPWire", "Reactor", "Rules", "TLSWire", "Testbed", "WebhookServer",
        logging,
      ],
      path: "Tests/Simulation", swiftSettings: testLaw),

    // What surrounds the program: image, manifests, rules for alerts, pages for operators.
    .testTarget(
      name: "InstallationTests", dependencies: ["Testbed", "WebhookServer"], path: "Tests/InstallationTests",
      swiftSettings: testLaw),
  ],
  swiftLanguageModes: [.v6]
)
