// swift-tools-version: 6.2
// Benchmarks of CrossMargin's kernels: suites that check and time each, and one program that times
// them beside their peers.

import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
  name: "CrossMarginBenchmarks",
  products: [.executable(name: "contestant", targets: ["Contestant"])],
  dependencies: [
    .package(name: "CrossMargin", path: "../"),
    // Without its traits: what they count (allocations, reference counts) is not asked here, and
    // they bring further packages.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: [])
  ],
  targets: [
    .target(name: "CMachineRates"),
    .target(
      name: "KernelWork",
      dependencies: [
        "CMachineRates",
        .product(name: "CrossMargin", package: "CrossMargin"),
        .product(name: "CrossMarginIO", package: "CrossMargin"),
        .product(name: "RiskNumerics", package: "CrossMargin")
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Contestant", dependencies: ["KernelWork"],
      swiftSettings: strict),
    .executableTarget(
      name: "KernelSuites",
      dependencies: ["KernelWork", .product(name: "Benchmark", package: "benchmark")],
      path: "KernelSuites", swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
