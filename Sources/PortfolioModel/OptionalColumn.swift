// A column of a long table in which most values are missing.

/// A column in which values may be missing. Only those that are there take memory, and two bits for
/// each row up to the last of them.
public struct OptionalColumn: Sendable, Equatable {
  /// Sixty-four rows.
  private struct Group: Sendable, Equatable {
    /// Which of them have a value, the first lowest.
    var presence: UInt64 = 0
    /// Values of the rows before.
    var valuesBefore = 0
  }

  private var groups: [Group] = []
  private var values: [Double] = []

  /// A column in which every value is missing.
  public init() {}

  /// A column of values.
  public init(_ column: [Double?]) {
    for (row, value) in column.enumerated() {
      if let value { append(value, row: row) }
    }
  }

  /// Gives a row a value; all rows before that have one have theirs already.
  public mutating func append(_ value: Double, row: Int) {
    let (group, bit) = (row / 64, UInt64(1) << UInt64(row % 64))
    while groups.count <= group { groups.append(Group(valuesBefore: values.count)) }
    precondition(
      group == groups.count - 1 && groups[group].presence < bit, "values come in the order of rows")
    groups[group].presence |= bit
    values.append(value)
  }

  /// Appends the values of another column, whose first row becomes `firstRow`.
  public mutating func append(_ other: OptionalColumn, firstRow: Int) {
    var place = 0
    for (group, rows) in other.groups.enumerated() {
      var presence = rows.presence
      while presence != 0 {
        append(other.values[place], row: firstRow + group * 64 + presence.trailingZeroBitCount)
        presence &= presence - 1
        place += 1
      }
    }
  }

  /// The value of a row; nil = missing.
  public subscript(row: Int) -> Double? {
    guard row / 64 < groups.count else { return nil }
    let group = groups[row / 64]
    let bit = UInt64(1) << UInt64(row % 64)
    guard group.presence & bit != 0 else { return nil }
    return values[group.valuesBefore + (group.presence & (bit - 1)).nonzeroBitCount]
  }

  /// Whether every value is missing.
  public var isEmpty: Bool { values.isEmpty }
}
