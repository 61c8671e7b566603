// Names that the parts of a file number each for itself, with one number over all parts.

/// Names of a column over all parts of a file.
struct JoinedNames: Sendable {
  /// The names; numbers go by first appearance in the file.
  private(set) var table = NameTable()
  private var numbers: [[Int32]] = []

  init(_ parts: [NameTable]) {
    for part in parts {
      numbers.append((0..<Int32(part.count)).map { table.intern($0, of: part) })
    }
  }

  /// Whether any row has a name that is not empty.
  var saysSomething: Bool { table.count > 1 || table.count == 1 && !table.name(at: 0).isEmpty }

  /// The number over all parts of a number of one part.
  func number(_ number: Int32, part: Int) -> Int32 { numbers[part][Int(number)] }

  func name(_ number: Int32, part: Int) -> String { table.name(at: numbers[part][Int(number)]) }

  /// The rank of each number by the bytes of its name.
  func ranksByName() -> [Int32] {
    var ranks = [Int32](repeating: 0, count: table.count)
    for (rank, number) in table.indicesByName().enumerated() { ranks[Int(number)] = Int32(rank) }
    return ranks
  }
}
