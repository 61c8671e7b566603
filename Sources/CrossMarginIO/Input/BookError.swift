// Why a book was not loaded: everything that is wrong with it, file by file.

/// A book that cannot be used.
public enum BookError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Files are missing, unreadable or say what they should not; `issues` are the first
  /// `FieldIssues.keptMax` of `totalCount`, by file and line.
  case malformed(issues: [FieldIssue], totalCount: Int)

  /// One line for each issue, and one more where there are more issues than lines.
  public var description: String {
    switch self {
    case .malformed(let issues, let totalCount):
      var lines = issues.map(\.description)
      let restCount = totalCount - issues.count
      if restCount > 0 { lines.append("and \(restCount) more") }
      return lines.joined(separator: "\n")
    }
  }
}
