// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target in `Sources`: strict memory safety, and warnings as errors.
let commonSwiftSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  // The compiler detects most overlapping accesses to a variable, and debug builds, which tests use, check the rest
  // dynamically. In a release build these checks were a twentieth of the instructions of an HTTP/2 request.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The settings of tests and benchmarks, which use Foundation and C without strict memory safety.
let testSwiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A target of a layer. It may import targets of its own layer and of the layers below.
func layerTarget(_ layer: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: commonSwiftSettings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    path: "Tests/\(name)Tests", swiftSettings: testSwiftSettings)
}

let package = Package(
  name: "storage-network-webhook",
  products: [.executable(name: "storage-network-webhook", targets: ["storage-network-webhook"])],
  dependencies: [
    // Exact, so that two builds of one commit contain the same.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    // C: one module for each library; it turns macros into functions.
    .target(name: "CLinux", path: "Sources/C/CLinux"),
    .systemLibrary(name: "COpenSSL", path: "Sources/C/COpenSSL", pkgConfig: "openssl"),
    .systemLibrary(name: "CNGHTTP2", path: "Sources/C/CNGHTTP2", pkgConfig: "libnghttp2"),
    .systemLibrary(name: "CCurl", path: "Sources/C/CCurl", pkgConfig: "libcurl"),
    .systemLibrary(name: "CYAML", path: "Sources/C/CYAML", pkgConfig: "yaml-0.1"),

    // Domain: pure Swift; no Foundation, no C, no clock, no lock.
    layerTarget("Domain", "Addressing"),
    layerTarget("Domain", "JSON"),
    layerTarget("Domain", "Rules", ["Addressing", "JSON"]),

    // Protocol: bytes to values and back; no descriptor, thread or clock.
    layerTarget("Protocol", "TLSWire", ["COpenSSL"]),
    layerTarget("Protocol", "CertificateAuthority", ["COpenSSL"]),
    layerTarget("Protocol", "HTTPWire", ["CNGHTTP2"]),
    layerTarget("Protocol", "KubeObjects", ["Addressing", "JSON", "Rules"]),
    layerTarget("Protocol", "Admission", ["JSON", "KubeObjects", "Rules"]),
    layerTarget("Protocol", "ClusterState", ["Addressing", "JSON", "KubeObjects", "Rules"]),
    layerTarget("Protocol", "Registration", ["CertificateAuthority", "ClusterState", "JSON", "KubeObjects"]),
    layerTarget("Protocol", "Snapshot", ["ClusterState", "CYAML", "JSON"]),

    // System: every system call.
    layerTarget("System", "Platform", ["CLinux"]),
    layerTarget(
      "System", "KubeClient", ["CCurl", "ClusterState", "JSON", "KubeObjects", "Platform", "Rules", "Snapshot"]),

    // App: the servers, the commands and their output.
    layerTarget("App", "Reports", ["Addressing", "ClusterState", "JSON", "KubeObjects", "Rules"]),
    layerTarget("App", "ChangeExecution", ["ClusterState", "JSON", "KubeObjects", "Reports", "Rules"]),
    layerTarget("App", "WebhookCore", ["HTTPWire", "Platform"]),
    layerTarget(
      "App", "ClusterSources",
      ["ChangeExecution", "ClusterState", "KubeClient", "Platform", "Rules", "Snapshot", "WebhookCore", logging]),
    layerTarget(
      "App", "Registrar",
      [
        "ClusterSources", "ClusterState", "HTTPWire", "KubeClient", "Platform", "Registration", "WebhookCore", logging,
      ]),
    layerTarget(
      "App", "WebhookServer",
      [
        "Admission", "CertificateAuthority", "ClusterSources", "ClusterState", "HTTPWire", "KubeClient", "Platform",
        "Rules", "TLSWire", "WebhookCore", logging,
      ]),
    .executableTarget(
      name: "storage-network-webhook",
      dependencies: [
        "Addressing", "Admission", "ChangeExecution", "ClusterSources", "ClusterState", "JSON", "KubeObjects",
        "Platform", "Registrar", "Registration", "Rules", "Snapshot", "TLSWire", "WebhookCore",
        "WebhookServer", argumentParser, logging,
      ],
      path: "Sources/App/storage-network-webhook", swiftSettings: commonSwiftSettings),

    .executableTarget(
      name: "microbenchmarks", dependencies: ["Addressing", "Admission", "ClusterState", "JSON", "Rules", "Snapshot"],
      path: "Benchmarks/microbenchmarks", swiftSettings: testSwiftSettings),

    .executableTarget(
      name: "scale", dependencies: ["TestSupport"], path: "Benchmarks/scale", swiftSettings: testSwiftSettings),

    // Fuzz targets, run by libFuzzer (Tests/Fuzz/run), and by an ordinary test with the inputs that it found.
    .target(
      name: "Fuzz",
      dependencies: [
        "Addressing", "Admission", "ClusterState", "HTTPWire", "JSON", "KubeClient", "Rules", "Snapshot",
      ],
      path: "Tests/Fuzz", exclude: ["run"], swiftSettings: testSwiftSettings),
    tests(of: "Fuzz"),

    // Runs other programs, issues certificates, and plays clusters for tests.
    .target(
      name: "TestSupport", dependencies: ["ClusterState", "COpenSSL"], path: "Tests/TestSupport",
      swiftSettings: testSwiftSettings),
    // Draws reports as pictures of a terminal, for the documentation.
    .target(
      name: "TerminalPictures", dependencies: ["Reports"], path: "Tests/TerminalPictures",
      swiftSettings: testSwiftSettings),
    tests(of: "Addressing", ["TestSupport"]),
    tests(of: "JSON", ["TestSupport"]),
    tests(of: "Rules", ["Addressing", "JSON", "TestSupport"]),
    tests(of: "TLSWire", ["COpenSSL", "TestSupport"]),
    tests(of: "CertificateAuthority", ["TestSupport"]),
    tests(of: "Registration", ["CertificateAuthority", "ClusterState", "TestSupport"]),
    tests(of: "HTTPWire", ["CNGHTTP2", "TestSupport"]),
    tests(of: "Admission", ["ClusterState", "HTTPWire", "JSON", "Rules", "Snapshot", "TestSupport"]),
    tests(of: "ClusterState", ["JSON", "Rules", "Snapshot"]),
    tests(
      of: "Reports",
      [
        "Addressing", "Admission", "ClusterState", "JSON", "KubeObjects", "Rules", "Snapshot", "TerminalPictures",
        "TestSupport",
      ]),
    tests(of: "ChangeExecution", ["ClusterState", "Reports", "Rules", "TerminalPictures", "TestSupport"]),
    tests(of: "Platform", ["TestSupport"]),
    tests(of: "KubeClient", ["ClusterState", "KubeObjects", "Platform", "Rules", "TestSupport"]),
    tests(
      of: "WebhookServer",
      [
        "Admission", "CertificateAuthority", "ClusterSources", "ClusterState", "HTTPWire", "JSON", "KubeClient",
        "Platform", "Registrar", "Registration", "Rules", "TLSWire", "TestSupport", "WebhookCore", logging,
      ]),
    .testTarget(
      name: "RepositoryTests", dependencies: ["Rules", "TestSupport"], path: "Tests/RepositoryTests",
      swiftSettings: testSwiftSettings),
    .testTarget(
      name: "Simulation",
      dependencies: [
        "Admission", "CLinux", "CNGHTTP2", "HTTPWire", "Platform", "Rules", "TLSWire", "TestSupport", "WebhookServer",
        logging,
      ],
      path: "Tests/Simulation", swiftSettings: testSwiftSettings),

    // Tests of the image, the manifests, the alert rules and the docs.
    .testTarget(
      name: "InstallationTests",
      dependencies: ["Registration", "Snapshot", "TestSupport", "WebhookCore"],
      path: "Tests/InstallationTests",
      swiftSettings: testSwiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
