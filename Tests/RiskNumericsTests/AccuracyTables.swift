// Tables of 50-digit values (Data/reference/numerics_accuracy.py), the bounds promised for them, and
// the sizes of errors against them. The tables are the committed sample, or those of the folder that
// CROSSMARGIN_ACCURACY names; the bounds are always the committed ones.

import Foundation
import RiskNumerics
import Testing
import VectorReading

/// A table as columns.
struct AccuracyTable {
  let rowCount: Int
  private let columns: [String: [Double]]

  /// Named columns; asking for one that the table lacks is an error of the test.
  func column(_ name: String) throws -> [Double] {
    try #require(columns[name], "no column \(name)")
  }

  /// The table of a name, checked against its description in the index.
  init(_ name: String) throws {
    let index = try JSONValue.read(Self.folder.appending(path: "index.json"))
    let shape = try #require(index["tables"]?[name], "no table \(name)")
    let labels = try #require(shape["columns"]?.list)
    let names = labels.compactMap(\.text)
    let count = Int(try #require(shape["rows"]?.number))
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(name).f64")))
    try #require(count > 0 && bytes.count == 8 * count * names.count, "\(name): another size")
    rowCount = count
    columns = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { place, columnName in
        let values = (0..<count).map { row in
          Self.littleEndianDouble(bytes, at: 8 * (row * names.count + place))
        }
        return (columnName, values)
      })
  }

  /// The promised bound of a function or group of options.
  static func bound(_ name: String, _ kind: String) throws -> Double {
    let index = try JSONValue.read(sampleFolder.appending(path: "index.json"))
    return try #require(index["allowed"]?[name]?[kind]?.number, "no bound \(kind) of \(name)")
  }

  private static let sampleFolder = KnownAnswers.folder.appending(path: "accuracy")
  private static let folder =
    ProcessInfo.processInfo.environment["CROSSMARGIN_ACCURACY"].map { URL(filePath: $0) }
    ?? sampleFolder

  private static func littleEndianDouble(_ bytes: [UInt8], at offset: Int) -> Double {
    var word: UInt64 = 0
    for place in (0..<8).reversed() { word = word << 8 | UInt64(bytes[offset + place]) }
    return Double(bitPattern: word)
  }
}

/// The largest and the mean of absolute errors; NaN counts as infinite.
struct ErrorSummary {
  private(set) var largest = 0.0
  private(set) var place: Int?
  private(set) var count = 0
  private var total = 0.0

  /// The largest error and the row that has it.
  var report: String { largest.twoDigits + (place.map { " (row \($0))" } ?? "") }
  var mean: Double { count > 0 ? total / Double(count) : 0 }

  mutating func add(_ error: Double, at index: Int) {
    let size = error.isNaN ? .infinity : abs(error)
    if size > largest { (largest, place) = (size, index) }
    total += size
    count += 1
  }
}

/// Errors of `results` in units of the last place of the rounded true value.
func unitsInLastPlace(
  _ results: [Double], rounded: [Double], remainder: [Double]
) -> ErrorSummary {
  var summary = ErrorSummary()
  for (index, result) in results.enumerated() {
    let error = (result - rounded[index]) - remainder[index]
    summary.add(error / rounded[index].ulp, at: index)
  }
  return summary
}

extension Double {
  /// Two digits, for error reports.
  var twoDigits: String { String(format: self > 0 && self < 0.01 ? "%.1e" : "%.2f", self) }
}
