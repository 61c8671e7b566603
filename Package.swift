// swift-tools-version: 6.2
// CrossMargin: cross-margin portfolio risk. The arrows between modules are the `dependencies` below.

import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .strictMemorySafety()]

// Third-party packages serve files and the command line only. They stand behind one default trait,
// so that a package which asks for `traits: []` and the product `CrossMargin` clones none of them.
let files: TargetDependencyCondition? = .when(traits: ["Files"])

let package = Package(
  name: "CrossMargin",
  products: [
    .library(name: "CrossMargin", targets: ["CrossMargin", "PortfolioModel"]),
    .library(name: "RiskNumerics", targets: ["RiskNumerics"]),
    .library(name: "CrossMarginIO", targets: ["CrossMarginIO"]),
    .executable(name: "crossmargin", targets: ["CrossMarginCLI"])
  ],
  traits: [
    .trait(name: "Files", description: "Reading and writing of run folders, and the command line."),
    .default(enabledTraits: ["Files"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels"),
    .target(
      name: "RiskNumerics", dependencies: ["CKernels", "COpenBLAS", "CLAPACKE"],
      swiftSettings: strict),
    .target(name: "PortfolioModel", swiftSettings: strict),
    .target(
      name: "CrossMargin", dependencies: ["RiskNumerics", "PortfolioModel"], swiftSettings: strict),
    .target(
      name: "CrossMarginIO",
      dependencies: [
        "CrossMargin", "PortfolioModel", "RiskNumerics", "CZlib", "CLibCrypto",
        .product(name: "Yams", package: "Yams", condition: files),
        .product(name: "GRDB", package: "GRDB.swift", condition: files),
        .product(name: "GRDBSQLite", package: "GRDB.swift", condition: files)
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "CrossMarginCLI",
      dependencies: [
        "CrossMargin", "CrossMarginIO", "PortfolioModel", "RiskNumerics",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: files),
        .product(name: "Logging", package: "swift-log", condition: files)
      ],
      swiftSettings: strict),
    .target(name: "VectorReading", path: "Tests/VectorReading", swiftSettings: strict),
    .testTarget(
      name: "RiskNumericsTests", dependencies: ["RiskNumerics", "VectorReading"],
      swiftSettings: strict),
    .testTarget(
      name: "PortfolioModelTests", dependencies: ["PortfolioModel"], swiftSettings: strict),
    .testTarget(
      name: "CrossMarginTests",
      dependencies: ["CrossMargin", "PortfolioModel", "RiskNumerics", "VectorReading"],
      swiftSettings: strict),
    .target(name: "BookFixtures", path: "Tests/BookFixtures", swiftSettings: strict),
    .testTarget(
      name: "CrossMarginIOTests",
      dependencies: [
        "BookFixtures", "CrossMarginIO", "CrossMargin", "PortfolioModel", "RiskNumerics"
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "BookFixtures", "CrossMarginCLI", "CrossMarginIO", "CrossMargin", "PortfolioModel",
        "RiskNumerics"
      ],
      swiftSettings: strict),
    .testTarget(
      name: "VectorTests",
      dependencies: ["CrossMargin", "PortfolioModel", "RiskNumerics", "VectorReading"],
      swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict)
  ]
)
