// A sort for the many short lists of a book: what one account holds.

extension Array {
  /// Up to this count insertion is the fastest sort.
  @usableFromInline static var insertionCountMax: Int { 32 }

  /// Sorts the elements; those of which neither precedes the other keep their order.
  @inlinable
  package mutating func sortFew(by precedes: (Element, Element) -> Bool) {
    if count > Self.insertionCountMax { return sort(by: precedes) }
    for end in indices.dropFirst() {
      let element = self[end]
      var place = end
      while place > 0, precedes(element, self[place - 1]) {
        self[place] = self[place - 1]
        place -= 1
      }
      if place != end { self[place] = element }
    }
  }
}
