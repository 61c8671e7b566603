// The known answers of Tests/Vectors/margin, for tests that rebuild them as books.

import VectorReading

/// A value of a vector by short names: what is absent is empty.
@dynamicMemberLookup
struct VectorValue {
  let json: JSONValue?

  subscript(dynamicMember key: String) -> VectorValue { self[key] }
  subscript(key: String) -> VectorValue { VectorValue(json: json?[key]) }
  /// Number, or one written as text; NaN where there is none.
  var number: Double { json?.number ?? Double(text) ?? .nan }
  /// Number; a substitute where there is none.
  func number(or substitute: Double) -> Double { number.isNaN ? substitute : number }
  var text: String { json?.text ?? "" }
  var flag: Bool { json?.flag ?? false }
  var list: [VectorValue] { (json?.list ?? []).map { VectorValue(json: $0) } }
  var keys: [String] { (json?.members ?? [:]).keys.sorted() }
}

/// Vectors of one file; an input that names a parameter set stands for it.
struct VenueVectors {
  let vectors: [VectorValue]
  private let sets: VectorValue

  init(_ name: String) throws {
    let root = VectorValue(
      json: try JSONValue.read(KnownAnswers.folder.appending(path: "margin/\(name).json")))
    vectors = root.vectors.list
    sets = root.parameterSets
  }

  /// An input of a vector, a parameter set where it is the name of one.
  func input(_ vector: VectorValue, _ key: String) -> VectorValue {
    let value = vector.inputs[key]
    return value.text.isEmpty ? value : sets[value.text]
  }
}
