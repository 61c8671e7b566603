// Rows with lists of their own that wait on disk.

/// Rows on disk of which each has a list; they are put together again as they are read.
public struct SpilledLists<
  Head: BitwiseCopyable & Sendable, Part: BitwiseCopyable & Sendable, Element
>: Sequence, Sendable {
  fileprivate struct CountedHead: BitwiseCopyable, Sendable {
    var head: Head
    var partCount: Int
  }

  private let heads: SpilledRows<CountedHead>
  private let parts: SpilledRows<Part>
  private let element: @Sendable (Head, [Part]) -> Element

  fileprivate init(
    heads: SpilledRows<CountedHead>, parts: SpilledRows<Part>,
    element: @escaping @Sendable (Head, [Part]) -> Element
  ) {
    self.heads = heads
    self.parts = parts
    self.element = element
  }

  /// Number of rows.
  public var count: Int { heads.count }

  /// Begins at the first row.
  public func makeIterator() -> AnyIterator<Element> {
    var heads = heads.makeIterator()
    var parts = parts.makeIterator()
    return AnyIterator {
      heads.next().map { counted in
        element(counted.head, (0..<counted.partCount).compactMap { _ in parts.next() })
      }
    }
  }
}

/// Takes rows with lists and puts them on disk.
package final class ListSpill<
  Head: BitwiseCopyable & Sendable, Part: BitwiseCopyable & Sendable, Element
> {
  private let heads: RowSpill<SpilledLists<Head, Part, Element>.CountedHead>
  private let parts: RowSpill<Part>

  /// Begins in a folder that is there.
  package init(folder: String) throws(FileSystemError) {
    heads = try RowSpill(folder: folder)
    parts = try RowSpill(folder: folder)
  }

  /// Appends a row.
  package func append(_ head: Head, _ list: some Collection<Part>) throws(FileSystemError) {
    try heads.append(.init(head: head, partCount: list.count))
    try parts.append(contentsOf: list)
  }

  /// All rows so far; `element` puts one together.
  package func finish(
    _ element: @escaping @Sendable (Head, [Part]) -> Element
  ) throws(FileSystemError) -> SpilledLists<Head, Part, Element> {
    SpilledLists(heads: try heads.finish(), parts: try parts.finish(), element: element)
  }
}
