// Finds and reads the files of vectors, and knows what every vector has in common.

import Foundation
import VectorReading

/// One known answer.
struct Vector {
  let id: String
  /// What decides the evaluator: `group`, or `topic`, or `system / model`.
  let group: String
  let inputs: JSONValue
  let expected: JSONValue
  let tolerance: JSONValue?
  let published: JSONValue?

  /// `parameterSets` are those of the file: an input that is the name of one stands for it.
  init(_ value: JSONValue, place: String, parameterSets: [String: JSONValue] = [:]) throws {
    guard let id = value["id"]?.text else { throw InputError("\(place): a vector without id") }
    self.id = id
    if let group = value["group"]?.text ?? value["topic"]?.text {
      self.group = group
    } else if let system = value["system"]?.text, let model = value["model"]?.text {
      group = "\(system) / \(model)"
    } else {
      throw InputError("\(place): \(id) belongs to no group")
    }
    guard let inputs = value["inputs"], let expected = value["expected"] else {
      throw InputError("\(place): \(id) has no inputs or expects nothing")
    }
    self.inputs =
      inputs.members.map { members in
        .object(members.mapValues { $0.text.flatMap { parameterSets[$0] } ?? $0 })
      } ?? inputs
    self.expected = expected
    tolerance = value["tolerance"]
    published = value["published"]
  }
}

/// All vectors below a folder, in the order of the files' paths.
struct VectorFolder {
  private(set) var vectors: [Vector] = []
  /// JSON files that hold no list of vectors, by path.
  private(set) var otherFiles: [String] = []

  init(_ folder: URL) throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for path in paths.filter({ $0.hasSuffix(".json") }).sorted() {
      let file = try JSONValue.read(folder.appending(path: path))
      guard let values = file["vectors"]?.list else {
        otherFiles.append(path)
        continue
      }
      let parameterSets = file["parameterSets"]?.members ?? [:]
      vectors += try values.map { try Vector($0, place: path, parameterSets: parameterSets) }
    }
  }

  /// The folder named by CROSSMARGIN_VECTORS, else Tests/Vectors of this package.
  static func chosen() throws -> VectorFolder {
    if let folder = ProcessInfo.processInfo.environment["CROSSMARGIN_VECTORS"] {
      return try VectorFolder(URL(filePath: folder))
    }
    return try VectorFolder(KnownAnswers.folder)
  }
}
