// A few elements held in place, so that millions of rows need no memory of their own.

/// A list of one to `capacity` elements stored inline.
///
/// A run makes a row for each account; with arrays inside, each row would be several blocks of memory,
/// made by one thread and freed by another.
public struct ShortArray<let capacity: Int, Element>: RandomAccessCollection, MutableCollection {
  private var elements: InlineArray<capacity, Element>
  /// Number of elements.
  public let count: Int

  /// The elements in their order; at least one, at most `capacity`.
  public init(_ source: some Collection<Element>) {
    guard let first = source.first, source.count <= capacity else {
      preconditionFailure("one to \(capacity) elements, not \(source.count)")
    }
    elements = InlineArray(repeating: first)
    count = source.count
    for (place, element) in source.enumerated() { elements[place] = element }
  }

  /// Position of the first element.
  public var startIndex: Int { 0 }
  /// Position after the last element.
  public var endIndex: Int { count }

  /// The element at a position.
  public subscript(place: Int) -> Element {
    get {
      precondition(place >= 0 && place < count, "position \(place) of \(count)")
      return elements[place]
    }
    set {
      precondition(place >= 0 && place < count, "position \(place) of \(count)")
      elements[place] = newValue
    }
  }
}

extension ShortArray: Sendable where Element: Sendable {}

extension ShortArray: Equatable where Element: Equatable {
  /// Whether both have equal elements in equal order.
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}
