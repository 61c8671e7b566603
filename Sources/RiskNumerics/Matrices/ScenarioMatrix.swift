// Matrices with scenarios as rows, cut into blocks of 64 rows: the unit of work and of storage.

/// Storage of scenarios, aligned to a cache line.
@safe final class AlignedStorage: @unchecked Sendable {
  let count: Int
  let base: UnsafeMutablePointer<Double>

  /// Elements that whoever asks for them writes before reading.
  init(uninitializedCount count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Double>.stride, alignment: 64)
    unsafe base = bytes.bindMemory(to: Double.self, capacity: max(count, 1))
  }

  /// Zeros.
  convenience init(zeroCount count: Int) {
    self.init(uninitializedCount: count)
    unsafe base.initialize(repeating: 0, count: count)
  }

  func copy() -> AlignedStorage {
    let result = AlignedStorage(uninitializedCount: count)
    unsafe result.base.update(from: base, count: count)
    return result
  }

  func slice(_ start: Int, _ length: Int) -> UnsafeMutableBufferPointer<Double> {
    precondition(start >= 0 && start + length <= count, "slice outside the storage")
    return unsafe UnsafeMutableBufferPointer(start: base + start, count: length)
  }

  deinit { unsafe base.deallocate() }
}

/// Matrix [scenarios x things] in blocks of 64 scenarios.
///
/// Within a block storage is column-major with leading dimension 64; blocks follow one after the
/// other, each starting on a cache line. In the last block rows beyond `scenarioCount` exist and
/// are zero; whoever fills a block leaves them so.
public struct ScenarioMatrix: Sendable {
  /// Rows of a block, and its leading dimension.
  public static let blockRowCount = 64

  /// Number of scenarios (rows).
  public let scenarioCount: Int
  /// Number of things (columns).
  public let columnCount: Int
  private var storage: AlignedStorage

  /// A matrix of zeros.
  public init(scenarioCount: Int, columnCount: Int) {
    precondition(scenarioCount >= 0 && columnCount >= 0, "a matrix has no negative dimension")
    self.scenarioCount = scenarioCount
    self.columnCount = columnCount
    let blockCount = (scenarioCount + Self.blockRowCount - 1) / Self.blockRowCount
    storage = AlignedStorage(zeroCount: blockCount * Self.blockRowCount * columnCount)
  }

  /// Number of blocks.
  public var blockCount: Int { (scenarioCount + Self.blockRowCount - 1) / Self.blockRowCount }

  /// Number of elements of each block, padding included.
  public var blockElementCount: Int { Self.blockRowCount * columnCount }

  /// Number of scenarios in a block: 64, or fewer in the last.
  public func rowsInBlock(_ block: Int) -> Int {
    precondition(block >= 0 && block < blockCount, "block outside the matrix")
    return min(Self.blockRowCount, scenarioCount - block * Self.blockRowCount)
  }

  /// The element of one scenario and column.
  public subscript(scenario scenario: Int, column column: Int) -> Double {
    get { unsafe storage.slice(position(scenario, column), 1)[0] }
    set {
      makeUnique()
      unsafe storage.slice(position(scenario, column), 1)[0] = newValue
    }
  }

  private func position(_ scenario: Int, _ column: Int) -> Int {
    precondition(scenario >= 0 && scenario < scenarioCount, "scenario outside the matrix")
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    let (block, row) = scenario.quotientAndRemainder(dividingBy: Self.blockRowCount)
    return block * blockElementCount + column * Self.blockRowCount + row
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
  }

  /// Calls `body` with a block: element (row, column) is at `row + 64 * column`.
  public func withBlock<Result, Failure: Error>(
    _ block: Int, _ body: (Span<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(block >= 0 && block < blockCount, "block outside the matrix")
    let slice = unsafe storage.slice(block * blockElementCount, blockElementCount)
    return try body(unsafe slice.span)
  }

  /// Calls `body` with a block for changing it; rows beyond `rowsInBlock` must stay zero.
  public mutating func withMutableBlock<Result, Failure: Error>(
    _ block: Int, _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(block >= 0 && block < blockCount, "block outside the matrix")
    makeUnique()
    let slice = unsafe storage.slice(block * blockElementCount, blockElementCount)
    var span = unsafe slice.mutableSpan
    return try body(&span)
  }

  /// A matrix whose blocks are filled by up to `threadCount` threads, each block by one of them.
  ///
  /// `body` receives the block's index and its elements, all zero; what it writes must depend on
  /// the index alone. Of several errors the one of the lowest block is thrown.
  public static func filled<Failure: Error>(
    scenarioCount: Int, columnCount: Int, threadCount: Int,
    _ body: @Sendable (Int, inout MutableSpan<Double>) throws(Failure) -> Void
  ) throws(Failure) -> ScenarioMatrix {
    let result = ScenarioMatrix(scenarioCount: scenarioCount, columnCount: columnCount)
    let storage = result.storage
    let length = result.blockElementCount
    try Parallel.forEach(count: result.blockCount, threadCount: threadCount) {
      (block: Int) throws(Failure) in
      let slice = unsafe storage.slice(block * length, length)
      var span = unsafe slice.mutableSpan
      try body(block, &span)
    }
    return result
  }

  /// The column of one thing, scenario by scenario.
  public func column(_ column: Int) -> [Double] {
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    var result: [Double] = []
    result.reserveCapacity(scenarioCount)
    for block in 0..<blockCount {
      let start = block * blockElementCount + column * Self.blockRowCount
      unsafe result.append(contentsOf: storage.slice(start, rowsInBlock(block)))
    }
    return result
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool {
    (0..<blockCount).allSatisfy { block in
      withBlock(block) { span in
        for index in span.indices where !span[index].isFinite { return false }
        return true
      }
    }
  }
}
