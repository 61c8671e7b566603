// Every target of the kernels gives the same bits, ragged tails included.

import RiskNumerics
import Testing

/// Points per element-wise comparison; not a multiple of eight, so that the tail is ragged.
private let pointCount = 100_003

@Suite struct KernelIdentityTests {
  private static let pairs = KernelTarget.available.filter { $0 != .generic }

  private func elementary(
    _ kernel: ElementaryKernel, _ points: [Double], _ target: KernelTarget
  ) -> [Double] {
    var result = [Double](repeating: 0, count: points.count)
    var span = result.mutableSpan
    kernel.apply(points.span, into: &span, target: target)
    return result
  }

  private func points(_ kernel: ElementaryKernel) -> [Double] {
    var random = SeededGenerator(seed: 11)
    let special: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude, 709.9, -745.2, 0.5, 0.075, 0.925
    ]
    let drawn = (special.count..<pointCount).map { _ in
      switch kernel {
      case .exponential: random.uniform(-750, 712)
      case .logarithm: Double(bitPattern: random.next() & 0x7FEF_FFFF_FFFF_FFFF)
      case .normalDensity, .normalCDF, .normalComplement, .millsRatio: random.uniform(-40, 40)
      case .normalQuantile: random.uniform(0, 1)
      }
    }
    return special + drawn
  }

  @Test(arguments: pairs, ElementaryKernel.allCases)
  func elementaryFunctionsAgree(_ target: KernelTarget, _ kernel: ElementaryKernel) {
    let points = points(kernel)
    #expect(bits(elementary(kernel, points, target)) == bits(elementary(kernel, points, .generic)))
  }

  @Test(arguments: ElementaryKernel.allCases)
  func anElementDoesNotDependOnItsPlace(_ kernel: ElementaryKernel) {
    let points = Array(points(kernel).prefix(61))
    let whole = elementary(kernel, points, .active)
    for count in 0...points.count {
      let part = elementary(kernel, Array(points.suffix(count)), .active)
      #expect(bits(part) == bits(Array(whole.suffix(count))))
    }
    #expect(bits(points.map { kernel.value(at: $0) }) == bits(whole))
  }

  private func options(count: Int) -> OptionStreams {
    var random = SeededGenerator(seed: 12)
    var streams = OptionStreams()
    for index in 0..<count {
      let strike = random.uniform(0.1, 1e5)
      let expiry = index % 97 == 0 ? 0 : random.uniform(0, 3)
      let volatility = index % 89 == 0 ? 0 : random.uniform(0, 4)
      let option = OptionTerms(
        strike: strike, expiryYears: expiry, side: index % 2 == 0 ? .call : .put)
      let forward = index % 101 == 0 ? strike : strike * random.uniform(0.1, 4)
      streams.append(forward: forward, volatility: volatility, option: option)
    }
    return streams
  }

  @Test(arguments: pairs) func greeksAgree(_ target: KernelTarget) {
    let streams = options(count: pointCount)
    let left = BlackKernel.greeks(of: streams, target: target)
    let right = BlackKernel.greeks(of: streams, target: .generic)
    #expect(bits(left.value) == bits(right.value))
    #expect(bits(left.delta) == bits(right.delta))
    #expect(bits(left.gamma) == bits(right.gamma))
    #expect(bits(left.vega) == bits(right.vega))
    #expect(bits(left.theta) == bits(right.theta))
    #expect(allFinite(left.value, left.delta, left.gamma, left.vega, left.theta))
    let leftHigher = BlackKernel.higherGreeks(of: streams, target: target)
    let rightHigher = BlackKernel.higherGreeks(of: streams, target: .generic)
    #expect(bits(leftHigher.vanna) == bits(rightHigher.vanna))
    #expect(bits(leftHigher.volga) == bits(rightHigher.volga))
    #expect(bits(leftHigher.charm) == bits(rightHigher.charm))
    #expect(bits(leftHigher.speed) == bits(rightHigher.speed))
    #expect(allFinite(leftHigher.vanna, leftHigher.volga, leftHigher.charm, leftHigher.speed))
  }

  @Test(arguments: pairs) func valuesAgree(_ target: KernelTarget) {
    var random = SeededGenerator(seed: 13)
    let forward = (0..<pointCount).map { _ in random.uniform(1, 300) }
    let volatility = (0..<pointCount).map { $0 % 50 == 0 ? 0 : random.uniform(0, 5) }
    for (expiry, side) in [(0.0, OptionSide.call), (1e-5, .put), (0.1, .call), (2, .put)] {
      let option = OptionTerms(strike: 100, expiryYears: expiry, side: side)
      var (left, right) = (forward, forward)
      var leftSpan = left.mutableSpan
      BlackKernel.values(
        forward: forward.span, volatility: volatility.span, option: option, into: &leftSpan,
        target: target)
      var rightSpan = right.mutableSpan
      BlackKernel.values(
        forward: forward.span, volatility: volatility.span, option: option, into: &rightSpan,
        target: .generic)
      #expect(bits(left) == bits(right))
    }
  }

  @Test func streamsAndSinglesAgree() {
    let streams = options(count: 203)
    let greeks = BlackKernel.greeks(of: streams)
    for index in 0..<streams.count {
      let option = OptionTerms(
        strike: streams.strike[index], expiryYears: streams.expiryYears[index],
        side: streams.sign[index] > 0 ? .call : .put)
      let single = BlackKernel.value(
        forward: streams.forward[index], volatility: streams.volatility[index], option: option)
      #expect(single.bitPattern == greeks.value[index].bitPattern)
    }
  }

  @Test(arguments: pairs) func normalsAgree(_ target: KernelTarget) {
    for rowCount in [64, 13, 8, 1] {
      let address = NormalAddress(
        seed: 0xDEAD_BEEF_0123_4567, stream: 9, firstScenario: 0xFFFF_FFFF_FFF0)
      var left = [Double](repeating: 7, count: 64 * 33)
      var right = left
      var leftSpan = left.mutableSpan
      Philox.fillNormals(
        address, rowCount: rowCount, factorCount: 33, into: &leftSpan, target: target)
      var rightSpan = right.mutableSpan
      Philox.fillNormals(
        address, rowCount: rowCount, factorCount: 33, into: &rightSpan, target: .generic)
      #expect(bits(left) == bits(right))
    }
  }
}
