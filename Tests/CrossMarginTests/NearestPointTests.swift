// The nearest point of liquidation against a fixed referee.

import CrossMargin
import Foundation
import RiskNumerics
import Testing

@Suite struct NearestPointTests {
  /// Accounts of all kinds together; the published figure is for 1,000.
  private static let accountCount =
    ProcessInfo.processInfo.environment["CROSSMARGIN_NEAREST_ACCOUNTS"].flatMap { Int($0) } ?? 60

  private static func search(_ account: NearestAccount) throws -> NearestSearch.Zero? {
    let (slopes, curvature) = account.form()
    let none = [Double](repeating: 0, count: account.dimension)
    let rays = (0..<account.dimension).map { row in
      (0..<account.dimension).map { account.root[row, $0] }
    }
    return try NearestSearch(
      surplusUSD: account.surplus(none), slopesUSD: slopes, curvatureUSD: curvature, rays: rays
    ) { $0.map(account.surplus) }.nearest()
  }

  /// Of all accounts at least 99.5 % are found as near as 512 Sobol rays and sequential quadratic
  /// programming from the best 16 find them, to a millionth.
  @Test func asNearAsTheReferee() throws {
    var misses: [String] = []
    var count = 0
    for kind in NearestAccount.Kind.allCases {
      let countOfKind = max(Self.accountCount / NearestAccount.Kind.allCases.count, 1)
      for seed in 0..<countOfKind {
        let account = try NearestAccount(kind, seed: UInt64(seed))
        count += 1
        guard let found = try Self.search(account) else {
          if let nearer = NearestReferee(account: account).distance(within: 12) {
            misses.append("\(kind)-\(seed): none, referee \(nearer)")
          }
          continue
        }
        #expect(
          abs(account.surplus(found.point)) <= 1e-6 * (1 + found.distance), "\(kind)-\(seed)")
        // A referee that finds nothing up to twice the distance finds nothing nearer.
        let reach = min(2 * found.distance, NearestSearch.distanceMax)
        if let nearer = NearestReferee(account: account).distance(within: reach),
          found.distance > nearer * (1 + 1e-6)
        {
          misses.append("\(kind)-\(seed): \(found.distance), referee \(nearer)")
        }
      }
    }
    if !misses.isEmpty { print("nearest points missed: \(misses.joined(separator: "; "))") }
    #expect(Double(misses.count) <= 0.005 * Double(count), "\(misses)")
  }

  /// The hard case has two points, the empty one none, in the form as well as in full.
  @Test(arguments: 0..<10)
  func hardAndEmptyCases(seed: Int) throws {
    let empty = try NearestAccount(.unreachable, seed: UInt64(seed))
    #expect(try Self.search(empty) == nil)
    let hard = try NearestAccount(.neutralShortGamma, seed: UInt64(seed))
    let (slopes, curvature) = hard.form()
    // The slope in the price is gone; what is left is that in volatility.
    let point = try #require(
      try MostLikelyLiquidation(
        bufferUSD: 0.1, delta: [0, 0], gamma: curvature, covariance: .identity(2)))
    let twin = try #require(point.twin)
    #expect(zip(point.point, twin).allSatisfy { abs($0 + $1) < 1e-9 })
    #expect(slopes.count == 2)
  }

  /// A plane has the point in closed form; a bowl that bends towards the origin has curvature -1 / r
  /// everywhere, one that bends away has none nearer.
  @Test func planesAndSpheres() throws {
    let plane = try #require(
      try NearestSearch(
        surplusUSD: 6, slopesUSD: [-1, -2, -2],
        curvatureUSD: Matrix(rowCount: 3, columnCount: 3), rays: []
      ) { $0.map { 6 - $0[0] - 2 * $0[1] - 2 * $0[2] } }.nearest())
    #expect(abs(plane.distance - 2) < 1e-9 && plane.twin == nil)
    #expect(zip(plane.point, [2.0 / 3, 4.0 / 3, 4.0 / 3]).allSatisfy { abs($0 - $1) < 1e-6 })

    // Healthy within 3 of (1, 0, 0): the nearest border point is (-2, 0, 0), curvature -1/3.
    func ball(_ z: [Double]) -> Double {
      9 - (z[0] - 1) * (z[0] - 1) - z[1] * z[1] - z[2] * z[2]
    }
    var bend = Matrix.identity(3)
    for place in 0..<3 { bend[place, place] = -2 }
    let search = try NearestSearch(
      surplusUSD: 8, slopesUSD: [2, 0, 0], curvatureUSD: bend, rays: []
    ) { $0.map(ball) }
    let border = try #require(search.nearest())
    #expect(abs(border.distance - 2) < 1e-9)
    let curvatures = try #require(try search.curvatures(at: border))
    #expect(curvatures.count == 2 && curvatures.allSatisfy { abs($0 + 1.0 / 3) < 1e-6 })
  }
}
